#include "cli/test/results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/explain/explanation.hpp"

namespace ferroway::cli {
namespace {

using json = nlohmann::ordered_json;

std::string place_of(const test_results& of, const test_case& one) {
  if (of.tests.sources.empty()) return {};
  return of.tests.sources[0].name + ":" + std::to_string(one.at.line);
}

std::string clean(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

json pairs(const server::header_lines& from) {
  json made = json::array();
  for (const auto& [name, value] : from) made.push_back({{"name", name}, {"value", value}});
  return made;
}

json got_as_json(const test_results& of, const server::rehearsal_outcome& got) {
  const sent_head sent = sent_of(got);
  json made{{"route", got.route ? json(of.file.value->routes[*got.route].name) : json(nullptr)},
            {"status", got.status},
            {"client", got.client},
            {"upstream", got.upstream},
            {"endpoint", got.endpoint},
            {"path", sent.target},
            {"request_headers", pairs(sent.headers)},
            {"response_headers", pairs(got.headers)}};
  json verdicts = json::object();
  for (const decision& each : got.decisions) verdicts[each.step] = each.verdict;
  made["verdicts"] = std::move(verdicts);
  return made;
}

json case_as_json(const test_results& of, const case_result& one) {
  json mismatches = json::array();
  for (const mismatch& each : one.mismatches) {
    mismatches.push_back({{"what", each.what}, {"expected", each.expected}, {"got", each.got}});
  }
  json made{{"name", one.of->name},
            {"place", place_of(of, *one.of)},
            {"passed", one.mismatches.empty()},
            {"mismatches", std::move(mismatches)}};
  if (!one.why_not.empty()) made["why_not"] = one.why_not;
  made["got"] = got_as_json(of, one.got);
  return made;
}

void add_list(std::string& into, const char* title, const std::vector<std::string>& names) {
  if (names.empty()) return;
  into += title;
  for (const std::string& name : names) into += " " + name;
  into += '\n';
}

}  // namespace

std::size_t test_results::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(cases, [](const case_result& one) { return !one.mismatches.empty(); }));
}

std::vector<std::string> untouched_routes(const test_results& of) {
  std::vector<std::string> names;
  for (const config::route& each : of.file.value->routes) {
    if (!of.routes_touched.contains(each.name)) names.push_back(each.name);
  }
  return names;
}

std::vector<std::string> untouched_middlewares(const test_results& of) {
  std::vector<std::string> names;
  for (const config::middleware& each : of.file.value->middlewares) {
    if (!of.middlewares_touched.contains(each.name)) names.push_back(each.name);
  }
  return names;
}

std::string results_as_text(const test_results& of, bool colour) {
  const char* bad = colour ? "\x1b[1;31m" : "";
  const char* off = colour ? "\x1b[0m" : "";
  std::string text;
  for (const case_result& one : of.cases) {
    if (one.mismatches.empty()) continue;
    text +=
        fmt::format("{}FAIL{} {}  ({})\n", bad, off, clean(one.of->name), place_of(of, *one.of));
    if (one.of->repeat > 1) {
      text += fmt::format("     in repetition {} of {}\n", one.repetition, one.of->repeat);
    }
    for (const mismatch& each : one.mismatches) {
      text += fmt::format("     {}: expected {}\n     {:>{}}  got      {}\n", each.what,
                          clean(each.expected), "", each.what.size(), clean(each.got));
    }
    if (!one.why_not.empty()) text += fmt::format("     = {}\n", clean(one.why_not));
  }
  const std::size_t failed = of.failed();
  text += fmt::format("{} of {} cases passed\n", of.cases.size() - failed, of.cases.size());
  if (!of.coverage) return text;
  add_list(text, "routes that no case takes:", untouched_routes(of));
  add_list(text, "middlewares that no case reaches:", untouched_middlewares(of));
  const bool all = untouched_routes(of).empty() && untouched_middlewares(of).empty();
  if (all) text += "every route and middleware is touched\n";
  return text;
}

std::string results_as_json(const test_results& of) {
  json cases = json::array();
  for (const case_result& one : of.cases) cases.push_back(case_as_json(of, one));
  const std::size_t failed = of.failed();
  json made{{"passed", of.cases.size() - failed}, {"failed", failed}, {"cases", std::move(cases)}};
  if (of.coverage) {
    made["coverage"] = {{"untouched_routes", untouched_routes(of)},
                        {"untouched_middlewares", untouched_middlewares(of)}};
  }
  return made.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace ferroway::cli
