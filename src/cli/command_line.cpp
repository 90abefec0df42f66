#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <string>

#include "cli/check.hpp"
#include "cli/echo.hpp"
#include "cli/exit_code.hpp"
#include "cli/explain.hpp"
#include "cli/reload.hpp"
#include "cli/routes.hpp"
#include "cli/run.hpp"
#include "cli/schema.hpp"
#include "cli/test.hpp"
#include "cli/version.hpp"

namespace ferroway::cli {
namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 fine, 1 could not start, 2 bad usage, 3 the configuration is invalid.";

constexpr const char* file_help =
    "The configuration (default: ./ferroway.yaml, then /etc/ferroway/ferroway.yaml)";

CLI::App* add_verb(CLI::App& app, const char* name, const char* what, const std::string& more) {
  CLI::App* verb = app.add_subcommand(name, what);
  verb->footer(more + "\n\n" + exit_codes);
  return verb;
}

void add_run(CLI::App& app, int& code) {
  CLI::App* verb =
      add_verb(app, "run", "Serve a configuration until told to stop",
               "Examples:\n"
               "  ferroway run                       serve ./ferroway.yaml\n"
               "  ferroway run -c examples/quickstart.yaml\n\n"
               "SIGTERM and SIGINT finish what is in flight and end; SIGQUIT ends at once.");
  auto options = std::make_shared<run_options>();
  verb->add_option("-c,--config", options->file, file_help)->type_name("FILE");
  verb->add_option_function<std::string>(
          "--io",
          [options](const std::string& word) {
            options->io_given = true;
            options->io = io::parse_backend(word);
          },
          "How to talk to the kernel, in place of the file's `io` (auto: io_uring where it works)")
      ->type_name("auto|io_uring|epoll")
      ->check(CLI::IsMember({"auto", "io_uring", "epoll"}));
  verb->callback([options, &code] { code = run(*options); });
}

void add_check(CLI::App& app, int& code) {
  CLI::App* verb =
      add_verb(app, "check", "Say everything that is wrong with a configuration",
               "Examples:\n"
               "  ferroway check                     check ./ferroway.yaml\n"
               "  ferroway check -c new.yaml --strict && cp new.yaml ferroway.yaml\n"
               "  ferroway check --print             see what the short forms stand for\n"
               "  ferroway check --json | jq .       for editors and scripts");
  auto options = std::make_shared<check_options>();
  verb->add_option("-c,--config", options->file, file_help)->type_name("FILE");
  verb->add_flag("--print", options->print,
                 "Print the long form: every default and short form spelled out");
  verb->add_flag("--strict", options->strict, "Warnings count as errors");
  verb->add_flag("--json", options->json, "Print the findings as one JSON document")
      ->excludes("--print");
  verb->callback([options, &code] { code = check(*options); });
}

void add_explain(CLI::App& app, int& code) {
  CLI::App* verb = add_verb(
      app, "explain", "Say which route a request takes, why, and what would become of it",
      "Examples:\n"
      "  ferroway explain GET http://api.example.com/users/7\n"
      "  ferroway explain POST /orders -H 'X-Tier: gold' --from 192.0.2.7\n"
      "  ferroway explain GET /health --listener internal --json | jq .route\n\n"
      "Nothing is sent: the request goes through the very code that serves, up to the endpoint.");
  auto options = std::make_shared<explain_options>();
  verb->add_option("METHOD", options->method, "GET, POST ...")->required();
  verb->add_option("URL", options->url, "http://host/path?query, or a path alone")->required();
  verb->add_option("-c,--config", options->file, file_help)->type_name("FILE");
  verb->add_option("-H,--header", options->headers, "A header of the request; may be repeated")
      ->type_name("'NAME: VALUE'")
      ->allow_extra_args(false);
  verb->add_option("--from", options->from, "The client's address (default: 127.0.0.1)")
      ->type_name("IP");
  verb->add_option("--listener", options->listener, "Where it comes in (default: the first)")
      ->type_name("NAME");
  verb->add_option("--body", options->body, "The request's body, where its digest is signed (hmac)")
      ->type_name("TEXT");
  verb->add_option("--jwks", options->jwks,
                   "A key set, in place of what `jwks` of every jwt would fetch")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print one JSON document");
  verb->callback([options, &code] { code = explain(*options); });
}

void add_test(CLI::App& app, int& code) {
  CLI::App* verb = add_verb(
      app, "test", "Run requests against a configuration and compare what becomes of them",
      "Examples:\n"
      "  ferroway test                              ./ferroway.yaml with ./ferroway.tests.yaml\n"
      "  ferroway test -c new.yaml cases.yaml\n"
      "  ferroway test --coverage                   and list what no case touches\n\n"
      "Nothing is sent; the clock is the file's. Ends with 0 when all cases passed, 1 when some\n"
      "failed.");
  auto options = std::make_shared<test_options>();
  verb->add_option("TESTS", options->tests,
                   "The cases (default: beside the configuration, ferroway.tests.yaml)");
  verb->add_option("-c,--config", options->file,
                   "The configuration (default: what the cases name, else ./ferroway.yaml, then "
                   "/etc/ferroway/ferroway.yaml)")
      ->type_name("FILE");
  verb->add_flag("--coverage", options->coverage,
                 "List the routes and middlewares that no case touches");
  verb->add_flag("--json", options->json, "Print one JSON document");
  verb->callback([options, &code] { code = test(*options); });
}

void add_routes(CLI::App& app, int& code) {
  CLI::App* verb =
      add_verb(app, "routes", "List the routes in the order in which they are asked",
               "Examples:\n"
               "  ferroway routes                    every route with its effective pipeline\n"
               "  ferroway routes --json | jq '.routes[].name'");
  auto options = std::make_shared<routes_options>();
  verb->add_option("-c,--config", options->file, file_help)->type_name("FILE");
  verb->add_flag("--json", options->json, "Print one JSON document");
  verb->callback([options, &code] { code = routes(*options); });
}

void add_schema(CLI::App& app, int& code) {
  CLI::App* verb =
      add_verb(app, "schema", "Print the JSON Schema of the configuration, for editors",
               "Example:\n"
               "  ferroway schema > ferroway.schema.json\n\n"
               "An editor with a YAML language server takes it from the file's first line:\n"
               "  # yaml-language-server: $schema=./ferroway.schema.json");
  auto options = std::make_shared<schema_options>();
  verb->add_flag("--markdown", options->markdown,
                 "Print the tables of docs/CONFIGURATION.md instead");
  verb->callback([options, &code] { code = schema(*options); });
}

void add_reload(CLI::App& app, int& code) {
  CLI::App* verb = add_verb(
      app, "reload", "Have the running gateway read its configuration again",
      "Examples:\n"
      "  ferroway reload                    asks the gateway that serves ./ferroway.yaml\n"
      "  ferroway reload --admin 10.0.0.5:9901 --token-file admin.token\n\n"
      "Prints what has changed: + added, - removed, ~ changed, ! needs a restart. With 3, or\n"
      "where the gateway cannot be asked (1), it serves what it served before.");
  auto options = std::make_shared<reload_options>();
  CLI::Option* file =
      verb->add_option("-c,--config", options->file,
                       "The configuration that says where its admin listener is, and the token")
          ->type_name("FILE");
  verb->add_option("--admin", options->admin, "Where the admin listener is, instead")
      ->type_name("ADDRESS")
      ->excludes(file);
  verb->add_option("--token-file", options->token_file, "A file that holds its token")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Print the gateway's answer");
  verb->callback([options, &code] { code = reload(*options); });
}

void add_echo(CLI::App& app, int& code) {
  CLI::App* verb =
      add_verb(app, "echo", "A demo backend that answers with what it received",
               "Examples:\n"
               "  ferroway echo --listen 127.0.0.1:9001 --name demo\n"
               "  curl 'http://127.0.0.1:9001/?status=503'       answers with that status\n"
               "  curl 'http://127.0.0.1:9001/?delay=200ms'      waits before it answers\n"
               "  curl 'http://127.0.0.1:9001/?bytes=1048576'    answers with that many bytes\n\n"
               "A WebSocket upgrade is accepted, and its bytes are sent back as they came.");
  auto options = std::make_shared<echo_options>();
  verb->add_option("--listen", options->listen,
                   "Where: 127.0.0.1:9001, [::1]:9001, 9001, unix:/run/e.sock")
      ->type_name("ADDRESS")
      ->required();
  verb->add_option("--delay", options->delay, "Wait this long before each answer: 100ms, 2s")
      ->type_name("DURATION");
  verb->add_option("--name", options->name,
                   "What it calls itself in its answers (default: its address)")
      ->type_name("NAME");
  verb->callback([options, &code] { code = echo(*options); });
}

}  // namespace

int run_command_line(int count, const char* const* words) {
  CLI::App app("Ferroway is an API gateway: it routes HTTP requests to backend services.\n",
               "ferroway");
  int code = 0;
  app.require_subcommand(1);
  app.footer(std::string("Start with `ferroway run --help`. A configuration of four lines:\n\n"
                         "  listen: 8080\n"
                         "  routes:\n"
                         "    - path: /api\n"
                         "      to: http://127.0.0.1:9001\n\n") +
             exit_codes);
  add_run(app, code);
  add_check(app, code);
  add_explain(app, code);
  add_test(app, code);
  add_routes(app, code);
  add_schema(app, code);
  add_reload(app, code);
  add_echo(app, code);
  add_verb(app, "version", "Print the version", "Example:\n  ferroway version")->callback([&code] {
    code = version();
  });
  app.set_version_flag("--version", [] { return version_text(); });
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& wrong) {
    // --help comes this way too, with code 0.
    const bool asked = app.exit(wrong) == 0;
    return static_cast<int>(asked ? exit_code::fine : exit_code::bad_usage);
  }
  return code;
}

}  // namespace ferroway::cli
