#include <algorithm>
#include <array>
#include <ctime>

#include "base/text.hpp"
#include "cli/explain/request_line.hpp"
#include "cli/test/cases.hpp"
#include "config/read_file.hpp"
#include "config/readers.hpp"
#include "config/yaml_tree.hpp"

namespace ferroway::cli {
namespace {

using config::fields;
using config::key_table;
using config::known_key;
using config::node;
using config::reading;

constexpr std::array file_keys{known_key{"config"}, known_key{"clock"}, known_key{"jwks"},
                               known_key{"cases"}};
constexpr std::array case_keys{
    known_key{"name"},     known_key{"request"},      known_key{"headers"}, known_key{"from"},
    known_key{"listener"}, known_key{"after"},        known_key{"repeat"},  known_key{"answer"},
    known_key{"expect"},   known_key{"forward_auth"}, known_key{"token"},   known_key{"signature"},
    known_key{"body"}};
constexpr std::array permission_keys{known_key{"status"}, known_key{"headers"}, known_key{"body"},
                                     known_key{"fails"}};
constexpr std::array answer_keys{known_key{"status"}, known_key{"headers"}, known_key{"body"}};
constexpr std::array expect_keys{known_key{"route"},
                                 known_key{"status"},
                                 known_key{"upstream"},
                                 known_key{"endpoint"},
                                 known_key{"path"},
                                 known_key{"client"},
                                 known_key{"body"},
                                 known_key{"request_headers"},
                                 known_key{"response_headers"},
                                 known_key{"verdicts"}};
const key_table file_table{"a file of tests", file_keys};
const key_table case_table{"a case", case_keys};
const key_table answer_table{"`answer`", answer_keys};
const key_table permission_table{"what a service says", permission_keys};
const key_table expect_table{"`expect`", expect_keys};

constexpr std::size_t repeat_max = 100'000;

server::header_lines read_headers(reading& in, const node& from) {
  server::header_lines made;
  if (!config::is_mapping(in, from, "headers", "names and values, such as {X-Tier: gold}")) {
    return made;
  }
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    if (!from.items[i]->is_scalar()) continue;
    const auto value = config::read_body(in, *from.items[i + 1], from.items[i]->text);
    if (value) made.emplace_back(from.items[i]->text, *value);
  }
  return made;
}

// "GET http://api.example.com/users/7"
void read_request(reading& in, const node& from, server::header_lines headers, test_case& into) {
  constexpr std::string_view what = "a method and a URL, such as GET http://api.example.com/users";
  const auto text = config::read_text(in, from, "request", what);
  if (!text) return;
  std::string_view url = *text;
  const std::string_view method = split_off(url, ' ');
  url = trim(url);
  if (url.empty()) return expected(in, from, "request", what);
  auto made = make_request(method, url, std::move(headers));
  if (!made) return in.report.error(from.at, "`request`: " + made.error());
  made->from = into.request.from;
  into.request = std::move(*made);
}

void read_answer(reading& in, const fields& all, server::rehearsal_answer& into) {
  if (const node* status = all.find("status")) {
    into.status = static_cast<std::uint16_t>(
        config::read_count(in, *status, "status", 200, 599).value_or(200));
  }
  if (const node* headers = all.find("headers")) into.headers = read_headers(in, *headers);
  if (const node* body = all.find("body"))
    into.body = config::read_body(in, *body, "body").value_or("");
}

// {authn: {status: 401}, "*": {fails: true}}
void read_permissions(reading& in, const node& from, test_case& into) {
  constexpr std::string_view what =
      "what services say, by the middleware's name, such as {authn: {status: 401}}";
  if (!config::is_mapping(in, from, "forward_auth", what)) return;
  into.permissions_at = from.at;
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const node& value = *from.items[i + 1];
    if (!from.items[i]->is_scalar()) continue;
    if (!config::is_mapping(in, value, from.items[i]->text, "an answer such as {status: 401}")) {
      continue;
    }
    const fields all(in, value, permission_table);
    server::rehearsal_permission made{std::string(from.items[i]->text), false, {}};
    if (const node* fails = all.find("fails")) {
      made.fails = config::read_switch(in, *fails, "fails").value_or(false);
    }
    read_answer(in, all, made.answer);
    into.permissions.push_back(std::move(made));
  }
}

std::optional<expectation> read_one(reading& in, const fields& all, std::string_view key) {
  const node* from = all.find(key);
  if (from == nullptr) return std::nullopt;
  if (key != "body" || !from->is_scalar()) {
    return config::read_condition(in, *from, std::string(key));
  }
  auto body = config::read_body(in, *from, key);  // may have several lines
  if (!body) return std::nullopt;
  return expectation{std::string(key), config::condition::kind::equals, std::move(*body)};
}

std::vector<expectation> read_several(reading& in, const fields& all, std::string_view key) {
  std::vector<expectation> made;
  const node* from = all.find(key);
  if (from == nullptr || !config::is_mapping(in, *from, key, "names and values")) return made;
  for (std::size_t i = 0; i + 1 < from->items.size(); i += 2) {
    if (!from->items[i]->is_scalar()) continue;
    auto one = config::read_condition(in, *from->items[i + 1], std::string(from->items[i]->text));
    if (one) made.push_back(std::move(*one));
  }
  return made;
}

std::vector<std::uint64_t> read_statuses(reading& in, const node& from) {
  std::vector<std::uint64_t> made;
  const auto add = [&](const node& item) {
    if (const auto code = config::read_count(in, item, "status", 200, 599)) made.push_back(*code);
  };
  if (from.is_list()) {
    for (const node* item : from.items) add(*item);
  } else {
    add(from);
  }
  return made;
}

void read_expectations(reading& in, const node& from, expectations& into) {
  constexpr std::string_view what = "what is expected, such as {route: users, status: 200}";
  if (!config::is_mapping(in, from, "expect", what)) return;
  if (from.items.empty()) return expected(in, from, "expect", what);
  const fields all(in, from, expect_table);
  if (const node* status = all.find("status")) into.statuses = read_statuses(in, *status);
  into.route = read_one(in, all, "route");
  if (into.route && into.route->value == "none") into.route->is = config::condition::kind::absent;
  into.upstream = read_one(in, all, "upstream");
  into.endpoint = read_one(in, all, "endpoint");
  into.path = read_one(in, all, "path");
  into.client = read_one(in, all, "client");
  into.body = read_one(in, all, "body");
  into.request_headers = read_several(in, all, "request_headers");
  into.response_headers = read_several(in, all, "response_headers");
  into.verdicts = read_several(in, all, "verdicts");
}

void read_from(reading& in, const node& from, test_case& into) {
  const auto text = config::read_text(in, from, "from", "a client's address such as 192.0.2.7");
  if (!text) return;
  const auto client = parse_client(*text);
  if (!client) return in.report.error(from.at, "`from`: " + client.error());
  into.request.from = *client;
}

std::optional<test_case> read_case(reading& in, const node& from, std::size_t number) {
  if (!config::is_mapping(in, from, "cases", "a case such as {request: GET /, expect: {...}}")) {
    return std::nullopt;
  }
  const fields all(in, from, case_table);
  test_case made;
  made.at = from.at;
  made.name = "case " + std::to_string(number);
  made.request.from = *parse_client("127.0.0.1");
  if (const node* name = all.find("name")) {
    made.name = config::read_text(in, *name, "name", "a text").value_or(made.name);
  }
  if (const node* client = all.find("from")) read_from(in, *client, made);
  server::header_lines headers;
  if (const node* given = all.find("headers")) headers = read_headers(in, *given);
  if (const node* request = all.find("request")) {
    read_request(in, *request, std::move(headers), made);
  } else if (!all.meant("request")) {
    in.report.error(from.at, "this case has no `request`", "such as `request: GET /users/7`");
  }
  if (const node* body = all.find("body")) {
    made.request.body = config::read_body(in, *body, "body").value_or("");
  }
  if (const node* token = all.find("token")) made.token = read_token(in, *token);
  if (const node* given = all.find("signature")) made.signature = read_signature(in, *given);
  if (const node* listener = all.find("listener")) {
    made.listener = config::read_text(in, *listener, "listener", "a listener's name").value_or("");
    made.listener_at = listener->at;
  }
  if (const node* after = all.find("after")) {
    made.after = config::read_duration(in, *after, "after").value_or(duration{});
  }
  if (const node* repeat = all.find("repeat")) {
    made.repeat = config::read_count(in, *repeat, "repeat", 1, repeat_max).value_or(1);
  }
  if (const node* answer = all.find("answer")) {
    if (config::is_mapping(in, *answer, "answer", "what the endpoint says: {status: 503}")) {
      read_answer(in, fields(in, *answer, answer_table), made.answer);
    }
  }
  if (const node* asked = all.find("forward_auth")) read_permissions(in, *asked, made);
  if (const node* expect = all.find("expect")) {
    read_expectations(in, *expect, made.expected);
  } else if (!all.meant("expect")) {
    in.report.error(from.at, "this case expects nothing", "such as `expect: {status: 200}`");
  }
  return made;
}

// RFC 3339, in UTC: 2026-01-01T00:00:00Z.
void read_clock(reading& in, const node& from, test_file& into) {
  constexpr std::string_view what = "a time such as 2026-01-01T00:00:00Z";
  const auto text = config::read_text(in, from, "clock", what);
  if (!text) return;
  std::tm parts{};
  const char* end = ::strptime(text->c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return expected(in, from, "clock", what);
  into.clock = wall_time(std::chrono::seconds(::timegm(&parts)));
}

// The key sets that `jwks` of the configuration would bring: addresses and files.
void read_jwks(reading& in, const node& from, test_file& into) {
  if (!config::is_mapping(in, from, "jwks", "addresses and files, such as {URL: jwks.json}"))
    return;
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const node& url = *from.items[i];
    auto path = config::read_text(in, *from.items[i + 1], "jwks", "the path of a file");
    if (!path || !url.is_scalar()) continue;
    if (path->front() != '/' && !in.folder.empty()) path = in.folder + "/" + *path;
    config::file_text read = config::read_file(*path, config::body_bytes_max);
    if (!read.problem.empty()) {
      in.report.error(from.items[i + 1]->at, "the file cannot be read: " + read.problem);
      continue;
    }
    into.jwks.push_back({std::string(url.text), std::move(read.text), url.at});
  }
}

test_file read_file_of_tests(reading& in, const node& root) {
  test_file made;
  made.clock = io::simulated_settings{}.wall_start;
  const fields all(in, root, file_table);
  if (const node* config = all.find("config")) {
    made.config = config::read_text(in, *config, "config", "a path").value_or("");
    const bool relative = !made.config.empty() && made.config.front() != '/';
    if (relative && !in.folder.empty()) made.config = in.folder + "/" + made.config;
  }
  if (const node* clock = all.find("clock")) read_clock(in, *clock, made);
  if (const node* jwks = all.find("jwks")) read_jwks(in, *jwks, made);
  const node* cases = all.find("cases");
  if (cases == nullptr) {
    in.report.error(root.at, "no `cases`", "such as `cases: [{request: GET /, expect: {...}}]`");
  } else if (config::is_filled_list(in, *cases, "cases", "cases")) {
    for (const node* item : cases->items) {
      if (auto one = read_case(in, *item, made.cases.size() + 1)) {
        made.cases.push_back(std::move(*one));
      }
    }
  }
  return made;
}

}  // namespace

loaded_tests load_tests(const std::string& path) {
  loaded_tests outcome;
  config::reporter report;
  config::file_text read = config::read_file(path, config::file_bytes_max);
  if (!read.problem.empty()) {
    report.error({}, "cannot read the tests: " + read.problem);
  } else {
    const config::yaml_tree tree = config::parse_yaml(read.text, report);
    const std::size_t slash = path.rfind('/');
    reading in{report, config::system_environment(),
               slash == std::string::npos ? "" : path.substr(0, slash)};
    if (tree.root != nullptr && tree.root->is_mapping()) {
      test_file made = read_file_of_tests(in, *tree.root);
      if (!report.failed()) outcome.value = std::move(made);
    } else if (!report.failed()) {
      report.error({0, 1, 1}, "a file of tests is a mapping with `cases`");
    }
  }
  outcome.report.diagnostics = report.take();
  outcome.report.sources.push_back({path, std::move(read.text)});
  return outcome;
}

}  // namespace ferroway::cli
