#include "config/host_pattern.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/tokens.hpp"
#include "io/address.hpp"

namespace ferroway::config {
namespace {

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(
             text, [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; });
}

bool is_bracketed_ip(std::string_view text) {
  return text.starts_with('[') && text.ends_with(']') &&
         io::ip_address::parse(text.substr(1, text.size() - 2)).has_value() &&
         text.find(':') != std::string_view::npos;
}

host_check refused(std::string problem, std::string hint = {}) {
  return {{}, {}, std::move(problem), std::move(hint)};
}

// The first label where it is not plain: `*` or `{name}`.
host_check check_first_label(std::string_view first, std::string_view rest) {
  if (!is_host_name(rest)) {
    return refused("behind the first label a plain host name must follow",
                   "such as *.example.com or {tenant}.example.com");
  }
  if (first == "*") return {std::string(first) + "." + std::string(rest), {}, {}, {}};
  const bool braced = first.starts_with('{') && first.ends_with('}');
  const std::string_view name = braced ? first.substr(1, first.size() - 2) : std::string_view{};
  if (!is_capture_name(name)) {
    return refused("a capture or wildcard is the whole first label",
                   "such as *.example.com or {tenant}.example.com");
  }
  return {std::string(first) + "." + lower_case(rest), std::string(name), {}, {}};
}

}  // namespace

std::optional<authority_parts> split_authority(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
    return authority_parts{authority, {}};
  }
  if (colon + 1 == authority.size()) return std::nullopt;
  return authority_parts{authority.substr(0, colon), authority.substr(colon + 1)};
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.back() == '.') return false;
  while (!text.empty()) {
    if (!is_label(split_off(text, '.'))) return false;
  }
  return true;
}

bool is_authority(std::string_view text) {
  const auto parts = split_authority(text);
  if (!parts) return false;
  if (!parts->port.empty()) {
    const auto port = parse_decimal(parts->port);
    if (!port || *port == 0 || *port > 65535) return false;
  }
  return is_host_name(parts->host) || is_bracketed_ip(parts->host);
}

host_check check_host_pattern(std::string_view text) {
  if (text == "*") return refused("`*` alone", "leave `host` out to mean any host");
  if (text.find("://") != std::string_view::npos) {
    return refused("a URL", "write the host alone, such as example.com");
  }
  if (text.find('/') != std::string_view::npos) {
    return refused("a path", "write the path under `path`");
  }
  if (text.ends_with('.')) text.remove_suffix(1);
  if (is_bracketed_ip(text)) return {lower_case(text), {}, {}, {}};
  if (text.find(':') != std::string_view::npos) {
    return refused("a port", "leave the port out: hosts match on every port");
  }
  if (text.starts_with('*') || text.starts_with('{')) {
    std::string_view rest = text;
    const std::string_view first = split_off(rest, '.');
    return check_first_label(first, lower_case(rest));
  }
  if (text.find_first_of("*{") != std::string_view::npos) {
    return refused("a wildcard or capture that is not the first label",
                   "such as *.example.com or {tenant}.example.com");
  }
  if (!is_host_name(text)) return refused("not a host name", "such as example.com");
  return {lower_case(text), {}, {}, {}};
}

}  // namespace ferroway::config
