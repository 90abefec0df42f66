#include "config/variables.hpp"

#include "base/text.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

bool names_well(std::string_view family, std::string_view member) {
  if (family == "header" || family == "cookie") return is_token(member);
  if (family == "query") return !member.empty();
  return is_capture_name(member);  // path, host
}

}  // namespace

bool is_variable_name(std::string_view name) {
  return name == "consumer" || name.find('.') != std::string_view::npos;
}

bool check_variable(reading& in, const node& from, std::string_view name) {
  const std::size_t dot = name.find('.');
  const std::string_view family = name.substr(0, dot);
  if (name == "consumer" || family == "jwt") {
    in.report.error(from.at, "the variable " + shown(name) + " is not supported yet");
    return false;
  }
  if (name == "client.ip" || name == "route.name" || name == "request.id") return true;
  const std::string_view member = name.substr(dot + 1);
  for (const std::string_view known : {"header", "cookie", "query", "path", "host"}) {
    if (family != known) continue;
    if (names_well(family, member)) return true;
    in.report.error(from.at, "the variable " + shown(name) + " names nothing that can exist",
                    "write it as in ${" + std::string(family) + ".name}");
    return false;
  }
  std::string hint = did_you_mean(name, {"client.ip", "route.name", "request.id"});
  if (hint.empty()) {
    const std::string nearest = did_you_mean(
        family, {"client", "route", "request", "header", "cookie", "query", "path", "host"});
    hint = nearest.empty() ? "the variables are client.ip, header.X, cookie.x, query.x, path.x, "
                             "host.x, route.name and request.id"
                           : nearest;
  }
  in.report.error(from.at, "unknown variable " + shown(name), std::move(hint));
  return false;
}

}  // namespace ferroway::config
