// Every short form is sugar for one long form, and what is printed loads to the same configuration.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/random.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

struct pair_of_forms {
  std::string short_form;
  std::string long_form;
};

TEST(long_form, equals_the_short_one) {
  const std::string end = "\nroutes: [{respond: {}}]\n";
  const std::string begin = "listen: 8080\n";
  const std::vector<pair_of_forms> all{
      {"listen: 8080" + end, "listeners: [{name: default, address: '[::]:8080'}]" + end},
      {"listen: 127.0.0.1:80" + end, "listeners: [{address: 127.0.0.1:80}]" + end},
      {"listen: unix:/run/f.sock" + end, "listeners: [{address: 'unix:/run/f.sock'}]" + end},
      {begin + "routes: [{respond: {}}]", begin + "routes: [{path: /, respond: {status: 200}}]"},
      {begin + "routes: [{respond: {body: a}}]",
       begin +
           "routes: [{respond: {body: a, headers: {Content-Type: text/plain; charset=utf-8}}}]"},
      {begin + "routes: [{name: r, to: http://127.0.0.1}]",
       begin + "upstreams: {r: {endpoints: [http://127.0.0.1]}}\nroutes: [{name: r, to: r}]"},
      {begin + "routes: [{to: [http://127.0.0.1:1, 'http://[::1]:2']}]",
       begin + "upstreams: {route-1: {endpoints: [{url: http://127.0.0.1:1, weight: 1}, "
               "'http://[::1]:2']}}\nroutes: [{to: route-1}]"},
      {begin + "use: [request_id]\nroutes: [{respond: {}}]",
       begin + "middlewares: {request_id: {request_id: {}}}\nuse: [request_id]" + end},
      {begin + "routes: [{respond: {}, use: [{request_headers: {remove: [A]}}]}]",
       begin + "middlewares: {request_headers: {request_headers: {remove: [A]}}}\n"
               "routes: [{respond: {}, use: [request_headers]}]"},
      {begin + "routes: [{host: A.com., path: /b/, respond: {}}]",
       begin + "routes: [{host: a.com, routes: [{path: /b, respond: {}}]}]"},
      {begin +
           "version: 1\nworkers: auto\nio: auto\nwatch: false\nadmin: {address: 127.0.0.1:9901, "
           "required: false}\nprobe: off\n"
           "drain_timeout: 30s" +
           end,
       begin + end},
      {"admin: 127.0.0.1:99\n" + begin + end,
       "admin: {address: 127.0.0.1:99, required: true}\n" + begin + end},
      {"admin: {required: true}\n" + begin + end, "admin: 127.0.0.1:9901\n" + begin + end},
      {begin + "routes: [{respond: {}, timeouts: {response: 30s, idle: 60000ms, tunnel: 60m}}]",
       begin + end},
      {begin +
           "upstreams: {a: {endpoints: [http://127.0.0.1]}, b: {endpoints: [http://127.0.0.2]}}\n"
           "routes: [{to: {a: 9, b: 1}}]",
       begin +
           "upstreams: {a: {endpoints: [http://127.0.0.1]}, b: {endpoints: [http://127.0.0.2]}}\n"
           "routes: [{to: [{upstream: a, weight: 9}, {upstream: b}]}]"},
      {begin + "routes: [{respond: {}, use: [{body_limit: 1MiB}, {concurrency_limit: 9}]}]",
       begin + "routes: [{respond: {}, use: [{body_limit: {size: 1024KiB, shadow: false}}, "
               "{concurrency_limit: {requests: 9, queue: 0, queue_timeout: 1s, shadow: false}}]}]"},
      {begin + "x-a: {b: [c]}\nroutes: [{respond: {x-d: 1}, x-e: 2}]", begin + end},
      {begin + "x-r: &r {respond: {}}\nroutes: [*r]", begin + end},
      {"\xEF\xBB\xBFlisten: 8080\r\nroutes:\r\n  - respond: {}\r\n", begin + end},
      {"{\"listen\": \"8080\", \"routes\": [{\"respond\": {}}]}", begin + end},
  };
  for (const pair_of_forms& each : all) {
    EXPECT_EQ(written_out(each.short_form), written_out(each.long_form));
    EXPECT_TRUE(load(each.long_form).value) << complaints(load(each.long_form));
  }
}

void expect_round_trip(const loaded& first, const environment& outside) {
  ASSERT_TRUE(first.value) << complaints(first);
  const std::string printed = print_long_form(*first.value);
  const loaded second = load_text(first.sources[0].name, printed, outside);
  ASSERT_TRUE(second.value) << complaints(second) << printed;
  EXPECT_EQ(written_out(*first.value), written_out(*second.value)) << printed;
  EXPECT_EQ(print_long_form(*second.value), printed);
}

TEST(long_form, of_every_example_loads_to_the_same) {
  const std::filesystem::path root = FERROWAY_SOURCE;
  made_up_environment outside;
  for (const auto& file : std::filesystem::recursive_directory_iterator(root / "examples")) {
    if (!file.is_regular_file()) continue;
    std::ifstream text(file.path());
    outside.files[file.path().string()] = {std::istreambuf_iterator<char>(text), {}};
  }
  std::size_t examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root / "examples")) {
    if (entry.path().extension() != ".yaml") continue;
    if (entry.path().stem().extension() == ".tests") continue;
    const loaded example = load_file(entry.path().string(), outside);
    EXPECT_TRUE(example.diagnostics.empty()) << complaints(example);
    expect_round_trip(example, outside);
    ++examples;
  }
  EXPECT_GE(examples, 5U);
}

class generator {
 public:
  explicit generator(std::uint64_t seed) : random_(seed) {}

  std::string file() {
    std::string text =
        "listeners:\n  - {name: a, address: 127.0.0.1:81, limits: {body_bytes: " +
        pick({"0B", "1MB", "7KiB"}) + "}}\n  - {name: b, address: 127.0.0.1:82, " +
        "trusted_proxies: [" + pick({"10.0.0.0/8", "'fd00::/8'", "1.2.3.4"}) +
        "]}\nworkers: " + pick({"auto", "1", "7"}) + "\nadmin: " +
        pick({"off", "127.0.0.1:99", "{required: true}", "'unix:/run/a.sock'",
              "{address: '[::]:99', token: '${file:token}${ENV_TOKEN}'}"}) +
        "\ndns: " + pick({"{}", "{servers: [10.0.0.53, '[::1]:5353'], family: ipv6}"}) +
        "\nprobe: " + pick({"off", "0.0.0.0:98", "'unix:/run/p.sock'"}) + "\nupstreams:\n  u: {" +
        "endpoints: [http://127.0.0.1:9, http://users.internal:8000, srv+http://_http._tcp.u], "
        "host: " +
        pick({"client", "endpoint", "a.example:81"}) + "}\n" + middlewares() + "use: [" +
        pick({"one, two", "two", "access_log, two"}) + "]\nroutes:\n";
    const std::size_t count = 1 + next(6);
    for (std::size_t i = 0; i < count; ++i) text += item(i);
    return text;
  }

 private:
  std::size_t next(std::size_t bound) { return static_cast<std::size_t>(random_.next() % bound); }
  std::string pick(const std::vector<std::string>& from) { return from[next(from.size())]; }

  std::string value() {
    return pick({"a", "5", "'${client.ip}'", "\"q\\\"\\\\ \\u00e9\\u2028\"", "'$${x} $'",
                 "'x${path.id}-${ENV}y'", "'${file:secret}'", "'${NONE:-d}'", "' # '", "'{a}'"});
  }

  std::string middlewares() {
    return "middlewares:\n  one: request_id\n  two: {response_headers: {add: {X-A: 'v'}}}\n"
           "  three: {request_headers: {set: {X-B: " +
           value() + ", X-C: " + value() + "}, remove: [X-D]}}\n";
  }

  std::string item(std::size_t i) {
    const std::string path =
        "'/p" + std::to_string(i) + "/{id}" + pick({"", "/", "/{rest...}"}) + "'";
    const std::string use =
        pick({"", ", use: [three]", ", use: [{request_headers: {set: {X-E: " + value() + "}}}]",
              ", use: [{access_log: {format: '${response.status} ${ENV} $${', sample: 2.5%, "
              "to: {file: 'logs/a b'}}}, {access_log: {to: stderr}}]",
              ", use: [{access_log: {to: {syslog: 'unix:/dev/log'}, only: errors, format: "
              "combined}}, {access_log: {to: {syslog: 'udp:[::1]:514'}, sample: 0.01%}}]",
              ", without: [two], use: [three, two]", ", use: [three, {request_id: }]"});
    const std::string end = pick(
        {"to: u", "to: http://127.0.0.1:7", "to: ['http://[::1]:1', 'unix:/s'], websocket: false",
         "respond: {status: 404, body: \"a\\n$${b} \\x85\"}", "respond: {status: 204}"});
    std::string made = "{path: " + path + ", " + end + use;
    made += pick({"", ", methods: [GET]", ", methods: [POST, M-SEARCH]"});
    made += pick({"", ", timeouts: {request: 90s}"});
    const std::string listener = pick({"any", "a", "[b, a]"});
    if (next(3) == 0) {
      return "  - {host: '{t}.h.com', listener: " + listener + ", routes: [" + made + "}]}\n";
    }
    return "  - " + made + ", listener: " + listener + "}\n";
  }

  random_source random_;
};

TEST(long_form, of_generated_files_loads_to_the_same) {
  made_up_environment outside;
  outside.variables["ENV"] = "e $ ${not.again}";
  outside.files["dir/secret"] = "s3cret\n";
  outside.files["dir/token"] = "0123456789-s3cret\n";
  outside.variables["ENV_TOKEN"] = "s3cret";
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::string text = generator(seed).file();
    const loaded outcome = load(text, outside);
    ASSERT_TRUE(outcome.value) << "seed " << seed << "\n" << text << complaints(outcome);
    expect_round_trip(outcome, outside);
    EXPECT_EQ(print_long_form(*outcome.value).find("s3cret"), std::string::npos);
    if (HasFailure()) FAIL() << "seed " << seed << "\n" << text;
  }
}

TEST(long_form, keeps_what_a_route_took_away_and_put_back) {
  const std::string text =
      "listen: 1\nuse: [request_id, access_log]\n"
      "routes: [{respond: {}, without: [request_id], use: [request_id]}]\n";
  const loaded outcome = load(text);
  expect_round_trip(outcome, made_up_environment());
  EXPECT_EQ(outcome.value->routes[0].pipeline, (std::vector<std::size_t>{1, 0}));
}

}  // namespace
}  // namespace ferroway::config::testing
