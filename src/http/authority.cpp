#include "http/authority.hpp"

#include <arpa/inet.h>

#include <cstring>

#include "base/text.hpp"
#include "http/characters.hpp"

namespace ferroway::http {
namespace {

bool is_port(std::string_view digits) {
  constexpr std::uint64_t port_max = 65535;
  if (digits.empty()) return true;
  const std::optional<std::uint64_t> port = parse_decimal(digits);
  return port && *port <= port_max;
}

bool is_ipv6(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof terminated) return false;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  in6_addr address;
  return std::strlen(terminated) == text.size() && inet_pton(AF_INET6, terminated, &address) == 1;
}

// How many bytes of a reg-name stand in front; npos if a percent-encoding is broken.
std::size_t reg_name_size(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (in(reg_name_bytes, text[at])) {
      ++at;
    } else if (text[at] == '%') {
      const bool whole = at + 2 < text.size() && hex_value(text[at + 1]) >= 0;
      if (!whole || hex_value(text[at + 2]) < 0) return std::string_view::npos;
      at += 3;
    } else {
      break;
    }
  }
  return at;
}

}  // namespace

bool is_authority(std::string_view text) noexcept {
  std::size_t host_end = 0;
  if (!text.empty() && text.front() == '[') {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos || !is_ipv6(text.substr(1, bracket - 1))) return false;
    host_end = bracket + 1;
  } else {
    host_end = reg_name_size(text);
    if (host_end == 0 || host_end == std::string_view::npos) return false;
  }
  if (host_end == text.size()) return true;
  return text[host_end] == ':' && is_port(text.substr(host_end + 1));
}

}  // namespace ferroway::http
