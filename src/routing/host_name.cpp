#include "routing/host_name.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "routing/path_pattern.hpp"

namespace ferroway::routing {
namespace {

std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return end == std::string_view::npos ? authority : authority.substr(0, end + 1);
  }
  return authority.substr(0, authority.find(':'));
}

std::string_view without_trailing_dot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

}  // namespace

request_host::request_host(std::string_view authority) noexcept
    : received_(without_trailing_dot(without_port(authority))) {
  if (received_.size() > bytes_max) return;
  size_ = received_.size();
  std::ranges::transform(received_, lower_.begin(), to_lower);
}

std::expected<host_pattern, std::string> parse_host_pattern(std::string_view pattern) {
  if (pattern.empty()) return host_pattern{};
  const std::string lower = lower_case(without_trailing_dot(pattern));
  host_pattern parsed{host_pattern::kind::exact, lower, {}};
  const bool is_capture = pattern.starts_with('{');
  if (is_capture || lower.starts_with('*')) {
    const std::size_t dot = lower.find('.');
    if (dot == std::string::npos || dot + 1 == lower.size()) {
      return std::unexpected("a wildcard stands before a domain, as in `*.example.com`");
    }
    parsed.is = host_pattern::kind::wildcard;
    parsed.name = lower.substr(dot + 1);
    const std::string_view label = pattern.substr(0, dot);  // a capture's name keeps its case
    if (is_capture) {
      if (!label.ends_with('}') || !is_capture_name(label.substr(1, label.size() - 2))) {
        return std::unexpected("a host's capture is a whole label, as in `{tenant}.example.com`");
      }
      parsed.capture = label.substr(1, label.size() - 2);
    } else if (label != "*") {
      return std::unexpected("`*` is a whole label, as in `*.example.com`");
    }
  }
  if (parsed.name.find_first_of("*{}/ ") != std::string::npos) {
    return std::unexpected("only the first label of a host may be a wildcard or a capture");
  }
  return parsed;
}

}  // namespace ferroway::routing
