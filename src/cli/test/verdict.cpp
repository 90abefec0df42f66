#include "cli/test/verdict.hpp"

#include <algorithm>

#include "base/regular_expression.hpp"
#include "base/text.hpp"
#include "cli/explain/explanation.hpp"

namespace ferroway::cli {
namespace {

using kind = config::condition::kind;
using maybe = std::optional<std::string>;

bool holds(const expectation& wanted, const maybe& got) {
  switch (wanted.is) {
    case kind::equals:
      return got == wanted.value;
    case kind::regex: {
      const auto pattern = regular_expression::compile(wanted.value);
      return got && pattern && pattern->matches(*got);
    }
    case kind::present:
      return got.has_value();
    case kind::absent:
      return !got;
  }
  return false;
}

std::string described(const expectation& wanted) {
  switch (wanted.is) {
    case kind::equals:
      return wanted.value;
    case kind::regex:
      return "a match of " + wanted.value;
    case kind::present:
      return "something";
    case kind::absent:
      return "nothing";
  }
  return {};
}

void check(const std::optional<expectation>& wanted, const char* what, const maybe& got,
           std::vector<mismatch>& into) {
  if (!wanted || holds(*wanted, got)) return;
  into.push_back({what, described(*wanted), got.value_or("nothing")});
}

// Several fields of one name as a list (RFC 9110, 5.3).
maybe value_of(const server::header_lines& headers, std::string_view name) {
  maybe all;
  for (const auto& [each, value] : headers) {
    if (equals_ignoring_case(each, name)) all = all ? *all + ", " + value : value;
  }
  return all;
}

void check_headers(const std::vector<expectation>& wanted, const server::header_lines& got,
                   const std::string& what, std::vector<mismatch>& into) {
  for (const expectation& one : wanted) {
    check(one, (what + one.name).c_str(), value_of(got, one.name), into);
  }
}

maybe unless_empty(const std::string& text) { return text.empty() ? std::nullopt : maybe(text); }

std::string joined(const std::vector<std::uint64_t>& numbers) {
  std::string all;
  for (const std::uint64_t each : numbers) {
    all += (all.empty() ? "" : " or ") + std::to_string(each);
  }
  return all;
}

}  // namespace

std::vector<mismatch> compare(const expectations& expected, const config::config& in,
                              const server::rehearsal_outcome& got) {
  std::vector<mismatch> found;
  check(expected.route, "route", got.route ? maybe(in.routes[*got.route].name) : std::nullopt,
        found);
  const std::vector<std::uint64_t>& statuses = expected.statuses;
  if (!statuses.empty() && std::ranges::find(statuses, got.status) == statuses.end()) {
    found.push_back({"status", joined(statuses), std::to_string(got.status)});
  }
  const sent_head sent = sent_of(got);
  check(expected.upstream, "upstream", unless_empty(got.upstream), found);
  check(expected.endpoint, "endpoint", unless_empty(got.endpoint), found);
  check(expected.path, "path", unless_empty(sent.target), found);
  check(expected.client, "client", unless_empty(got.client), found);
  check(expected.body, "body", got.body, found);
  check_headers(expected.request_headers, sent.headers, "request header ", found);
  check_headers(expected.response_headers, got.headers, "response header ", found);
  for (const expectation& one : expected.verdicts) {
    const decision* made = decision_of(got, one.name);
    check(one, ("verdict of " + one.name).c_str(),
          made == nullptr ? std::nullopt : maybe(made->verdict), found);
  }
  return found;
}

}  // namespace ferroway::cli
