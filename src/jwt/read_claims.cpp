#include "jwt/read_claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace ferroway::jwt {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// The last second of the year 9999. Milliseconds since 1970, a well-known slip, lie far beyond:
// such a token would never expire.
constexpr double seconds_max = 253'402'300'799.0;
// In 2255, just before a clock of nanoseconds ends: what lies beyond is as far away.
constexpr std::int64_t clock_seconds_max = 9'000'000'000;

// NumericDate (RFC 7519, 2): seconds since 1970, perhaps with a fraction.
std::optional<double> number_of(const element& from) {
  std::uint64_t natural = 0;
  std::int64_t whole = 0;
  double any = 0;
  if (from.is_uint64() && from.get(natural) == simdjson::SUCCESS) {
    any = static_cast<double>(natural);
  } else if (from.is_int64() && from.get(whole) == simdjson::SUCCESS) {
    any = static_cast<double>(whole);
  } else if (!from.is_double() || from.get(any) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (!std::isfinite(any) || any < 0 || any > seconds_max) return std::nullopt;
  return any;
}

// False where there is such a claim and it is no time. A fraction never makes a token valid longer.
bool read_time(const object& payload, std::string_view name, bool up,
               std::optional<wall_time>& into) {
  const auto given = member(payload, name);
  if (!given) return true;
  const auto number = number_of(*given);
  if (!number) return false;
  const double whole = up ? std::ceil(*number) : std::floor(*number);
  into = wall_time(
      std::chrono::seconds(std::min(static_cast<std::int64_t>(whole), clock_seconds_max)));
  return true;
}

bool is_one_of(std::string_view text, const std::vector<std::string>& of) {
  return std::ranges::find(of, text) != of.end();
}

bool issuer_fits(const object& payload, const std::vector<std::string>& wanted) {
  const auto given = member(payload, "iss");
  if (!given) return wanted.empty();
  const auto issuer = text_of(*given);
  return issuer && (wanted.empty() || is_one_of(*issuer, wanted));
}

// RFC 7519, 4.1.3: a text, or a list of texts.
bool audience_fits(const object& payload, const std::vector<std::string>& wanted) {
  const auto given = member(payload, "aud");
  if (!given) return wanted.empty();
  if (const auto one = text_of(*given)) return wanted.empty() || is_one_of(*one, wanted);
  array several;
  if (given->get(several) != simdjson::SUCCESS) return false;
  bool found = wanted.empty();
  for (const element each : several) {
    const auto one = text_of(each);
    if (!one) return false;
    found = found || is_one_of(*one, wanted);
  }
  return found;
}

std::optional<std::string> scalar_of(const element& from) {
  std::uint64_t natural = 0;
  std::int64_t whole = 0;
  double number = 0;
  bool flag = false;
  if (const auto text = text_of(from)) return std::string(*text);
  if (from.is_uint64() && from.get(natural) == simdjson::SUCCESS) return std::to_string(natural);
  if (from.is_int64() && from.get(whole) == simdjson::SUCCESS) return std::to_string(whole);
  if (from.is_double() && from.get(number) == simdjson::SUCCESS) return fmt::format("{}", number);
  if (from.get(flag) == simdjson::SUCCESS) return std::string(flag ? "true" : "false");
  return std::nullopt;
}

std::optional<element> find(const object& payload, std::string_view path) {
  if (const auto whole = member(payload, path)) return whole;
  object at = payload;
  while (true) {
    const std::string_view name = split_off(path, '.');
    const auto found = member(at, name);
    if (!found || path.empty()) return found;
    if (found->get(at) != simdjson::SUCCESS) return std::nullopt;
  }
}

claim_value value_at(const object& payload, std::string_view path) {
  using shape = claim_value::shape;
  const auto found = find(payload, path);
  if (!found) return {};
  if (auto one = scalar_of(*found)) return {shape::single, {std::move(*one)}};
  array items;
  if (found->get(items) != simdjson::SUCCESS) return {};
  claim_value made{shape::list};
  for (const element each : items) {
    auto one = scalar_of(each);
    if (!one) return {};
    made.items.push_back(std::move(*one));
  }
  return made;
}

// RFC 8693, 4.2: `scope`, words between spaces; some issuers have a list, or call it `scp`.
claim_value scopes_of(const object& payload) {
  const bool usual = member(payload, "scope").has_value();
  claim_value given = value_at(payload, usual ? "scope" : "scp");
  if (given.is != claim_value::shape::single) return given;
  const std::string words = std::move(given.items.front());
  std::string_view rest = words;
  given.items.clear();
  while (!rest.empty()) given.items.emplace_back(split_off(rest, ' '));
  return given;
}

bool obeys(const claim_value& given, const claim_rule& rule) {
  if (rule.is == claim_rule::kind::contains) {
    return std::ranges::all_of(rule.values, [&](const auto& each) { return given.contains(each); });
  }
  return std::ranges::any_of(rule.values, [&](const auto& each) { return given.equals(each); });
}

std::optional<problem> shortage(const object& payload, const policy& by, std::string& lacking) {
  if (!by.scopes.empty()) {
    const claim_value given = scopes_of(payload);
    for (const std::string& each : by.scopes) {
      if (given.contains(each)) continue;
      lacking = each;
      return problem::insufficient_scope;
    }
  }
  for (const claim_rule& each : by.rules) {
    if (obeys(value_at(payload, each.path), each)) continue;
    lacking = each.path;
    return problem::insufficient_claims;
  }
  return std::nullopt;
}

}  // namespace

std::expected<verified_token, problem> read_claims(const object& payload, const policy& by) {
  verified_token made;
  const bool times = read_time(payload, "exp", false, made.expires) &&
                     read_time(payload, "nbf", true, made.valid_from) &&
                     read_time(payload, "iat", true, made.issued);
  if (!times) return std::unexpected(problem::bad_time);
  if (by.expiry_required && !made.expires) return std::unexpected(problem::no_expiry);
  if (!issuer_fits(payload, by.issuers)) return std::unexpected(problem::wrong_issuer);
  if (!audience_fits(payload, by.audiences)) return std::unexpected(problem::wrong_audience);
  made.insufficient = shortage(payload, by, made.lacking);
  made.kept.reserve(by.kept.size());
  for (const std::string& path : by.kept) made.kept.push_back(value_at(payload, path));
  return made;
}

}  // namespace ferroway::jwt
