#include "config/variables.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

constexpr std::array<std::string_view, 17> of_logs{
    "request.method",       "request.target", "request.host",    "request.protocol",
    "request.bytes",        "request.time",   "response.status", "response.bytes",
    "exchange.duration_ms", "listener.name",  "upstream.name",   "upstream.endpoint",
    "failure.kind",         "failure.side",   "failure.detail",  "decision.rejected_by",
    "decision.would_reject"};

constexpr std::size_t claim_bytes_max = 256;

bool names_well(std::string_view family, std::string_view member) {
  if (family == "jwt") return !member.empty() && member.size() <= claim_bytes_max;
  if (family == "header" || family == "cookie") return is_token(member);
  if (family == "query") return !member.empty();
  return is_capture_name(member);  // path, host
}

}  // namespace

bool is_variable_name(std::string_view name) {
  return name == "consumer" || name.find('.') != std::string_view::npos;
}

std::span<const std::string_view> log_variables() { return of_logs; }

std::string_view log_variable_like(std::string_view name) {
  const auto found = std::ranges::find_if(of_logs, [&](std::string_view each) {
    const std::size_t dot = each.find('.');
    return each.substr(dot + 1) == name || each.substr(0, dot) == name;
  });
  return found == of_logs.end() ? std::string_view{} : *found;
}

bool check_variable(reading& in, const node& from, std::string_view name, bool in_log) {
  const bool of_log = std::ranges::find(of_logs, name) != of_logs.end();
  if (of_log && in_log) return true;
  if (of_log) {
    in.report.error(from.at, "the variable " + shown(name) + " is known only to access logs",
                    "it stands in the `format` of an access_log");
    return false;
  }
  const std::size_t dot = name.find('.');
  const std::string_view family = name.substr(0, dot);
  if (name == "client.ip" || name == "route.name" || name == "request.id") return true;
  if (name == "consumer") return true;
  const std::string_view member = name.substr(dot + 1);
  for (const std::string_view known : {"header", "cookie", "query", "path", "host", "jwt"}) {
    if (family != known) continue;
    if (names_well(family, member)) return true;
    in.report.error(from.at, "the variable " + shown(name) + " names nothing that can exist",
                    "write it as in ${" + std::string(family) + ".name}");
    return false;
  }
  std::vector<std::string_view> whole{"client.ip", "route.name", "request.id", "consumer"};
  if (in_log) whole.insert(whole.end(), of_logs.begin(), of_logs.end());
  std::string hint = did_you_mean(name, whole);
  if (hint.empty()) {
    const std::string nearest = did_you_mean(
        family, {"client", "route", "request", "header", "cookie", "query", "path", "host", "jwt"});
    hint = nearest.empty() ? "the variables are client.ip, header.X, cookie.x, query.x, path.x, "
                             "host.x, jwt.x, consumer, route.name and request.id"
                           : nearest;
  }
  in.report.error(from.at, "unknown variable " + shown(name), std::move(hint));
  return false;
}

}  // namespace ferroway::config
