#include "io/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

#include "base/text.hpp"

namespace ferroway::io {
namespace {

constexpr std::size_t mapped_prefix_bytes = 12;
constexpr std::array<std::uint8_t, mapped_prefix_bytes> mapped_prefix{0, 0, 0, 0, 0,    0,
                                                                      0, 0, 0, 0, 0xff, 0xff};
constexpr std::string_view unix_scheme = "unix:";

std::unexpected<failure> malformed(const char* detail) {
  return fail(fault::malformed, side::local, detail);
}

ip_address mapped(const std::uint8_t* four_bytes) {
  ip_address ip;
  std::ranges::copy(mapped_prefix, ip.bytes.begin());
  std::copy_n(four_bytes, 4, ip.bytes.begin() + mapped_prefix_bytes);
  return ip;
}

result<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_decimal(text);
  if (!port || *port > 65535 || text.size() > 5) {
    return malformed("a port is a number from 0 to 65535");
  }
  return static_cast<std::uint16_t>(*port);
}

}  // namespace

bool ip_address::is_v4() const noexcept {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

bool ip_address::is_loopback() const noexcept {
  if (is_v4()) return bytes[mapped_prefix_bytes] == 127;
  return std::ranges::all_of(std::span(bytes).first(15), [](std::uint8_t b) { return b == 0; }) &&
         bytes[15] == 1;
}

bool ip_address::is_unspecified() const noexcept {
  const auto significant = std::span(bytes).subspan(is_v4() ? mapped_prefix_bytes : 0);
  return std::ranges::all_of(significant, [](std::uint8_t b) { return b == 0; });
}

std::size_t ip_address::write(char* to) const noexcept {
  if (!is_v4()) {
    inet_ntop(AF_INET6, bytes.data(), to, INET6_ADDRSTRLEN);
    return std::strlen(to);
  }
  char* end = to;
  for (std::size_t i = mapped_prefix_bytes; i < bytes.size(); ++i) {
    if (end != to) *end++ = '.';
    end = std::to_chars(end, end + 3, bytes[i]).ptr;
  }
  return static_cast<std::size_t>(end - to);
}

std::string ip_address::text() const {
  char written[INET6_ADDRSTRLEN];
  return {written, write(written)};
}

result<ip_address> ip_address::parse(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof terminated || text.contains('\0')) return malformed("no IP address");
  *std::copy(text.begin(), text.end(), terminated) = '\0';
  std::uint8_t four[4];
  if (inet_pton(AF_INET, terminated, four) == 1) return mapped(four);
  ip_address ip;
  if (inet_pton(AF_INET6, terminated, ip.bytes.data()) == 1) return ip;
  return malformed("no IP address");
}

bool ip_network::contains(const ip_address& ip) const noexcept {
  const std::size_t whole = prefix_bits / 8;
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  ip.bytes.begin())) {
    return false;
  }
  const unsigned rest = prefix_bits % 8;
  if (rest == 0) return true;
  return ((base.bytes[whole] ^ ip.bytes[whole]) >> (8 - rest)) == 0;
}

result<ip_network> ip_network::parse(std::string_view text) {
  std::string_view rest = text;
  const std::string_view address_text = split_off(rest, '/');
  const result<ip_address> base = ip_address::parse(address_text);
  if (!base) return fail(base.error());
  if (address_text.size() == text.size()) return ip_network{*base, 128};
  // "::ffff:0:0/96" is written in IPv6, so its prefix counts from the front like any other.
  const bool dotted = !address_text.contains(':');
  const auto bits = parse_decimal(rest);
  if (!bits || rest.size() > 3 || *bits > (dotted ? 32U : 128U)) {
    return malformed("a prefix length is 0 to 32 for IPv4, 0 to 128 for IPv6");
  }
  ip_network network{*base, static_cast<std::uint8_t>(*bits + (dotted ? 96 : 0))};
  for (unsigned bit = network.prefix_bits; bit < 128; ++bit) {
    if ((base->bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) {
      return malformed("bits are set behind the prefix");
    }
  }
  return network;
}

address address::of_ip(const ip_address& ip, std::uint16_t port) {
  address made;
  made.kind_ = kind::ip;
  made.place_.ip = ip;
  made.port_ = port;
  return made;
}

address address::of_path(std::string_view path) {
  address made;
  made.kind_ = kind::unix_path;
  made.place_.path = path.empty() ? nullptr : new std::string(path);
  return made;
}

address::address(const address& from) : address() {
  if (from.kind_ == kind::unix_path) {
    *this = of_path(from.path());
  } else {
    kind_ = from.kind_;
    place_.ip = from.place_.ip;
    port_ = from.port_;
  }
}

address::~address() {
  if (kind_ == kind::unix_path) delete place_.path;
}

const std::string& address::path() const noexcept {
  static const std::string none;
  return kind_ == kind::unix_path && place_.path != nullptr ? *place_.path : none;
}

bool address::operator==(const address& other) const noexcept {
  if (kind_ != other.kind_ || port_ != other.port_) return false;
  return kind_ == kind::unix_path ? path() == other.path() : place_.ip == other.place_.ip;
}

address address::of_sockaddr(const sockaddr& from, std::uint32_t length) {
  if (from.sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, &from, sizeof v4);
    std::uint8_t four[4];
    std::memcpy(four, &v4.sin_addr, sizeof four);
    return of_ip(mapped(four), ntohs(v4.sin_port));
  }
  if (from.sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &from, sizeof v6);
    ip_address ip;
    std::memcpy(ip.bytes.data(), &v6.sin6_addr, ip.bytes.size());
    return of_ip(ip, ntohs(v6.sin6_port));
  }
  if (from.sa_family == AF_UNIX) {
    // Empty for a peer that did not bind, as clients do not.
    constexpr std::size_t path_at = offsetof(sockaddr_un, sun_path);
    if (length <= path_at) return of_path({});
    const char* path = reinterpret_cast<const char*>(&from) + path_at;
    return of_path({path, strnlen(path, length - path_at)});
  }
  return {};
}

result<address> address::parse(std::string_view text) {
  if (text.starts_with(unix_scheme)) {
    const std::string_view path = text.substr(unix_scheme.size());
    if (path.empty() || path.contains('\0')) return malformed("a path is missing after unix:");
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
      return malformed("the path of a unix socket has at most 107 bytes");
    }
    return of_path(path);
  }
  const std::size_t colon = text.rfind(':');
  const result<std::uint16_t> port =
      parse_port(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!port) return fail(port.error());
  if (colon == std::string_view::npos || colon == 0) return of_ip(ip_address{}, *port);
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != host.contains(':')) {
    return malformed("an IPv6 address needs brackets before its port");
  }
  const result<ip_address> ip = ip_address::parse(host);
  if (!ip) return fail(ip.error());
  return of_ip(*ip, *port);
}

std::string address::text() const {
  switch (kind_) {
    case kind::none:
      return {};
    case kind::unix_path:
      return std::string(unix_scheme) + path();
    case kind::ip:
      break;
  }
  const std::string host = place_.ip.is_v4() ? place_.ip.text() : "[" + place_.ip.text() + "]";
  return host + ":" + std::to_string(port_);
}

std::uint32_t address::write(sockaddr* to) const noexcept {
  if (kind_ == kind::unix_path) {
    sockaddr_un named{};
    named.sun_family = AF_UNIX;
    const std::size_t length = std::min(path().size(), sizeof named.sun_path - 1);
    std::memcpy(named.sun_path, path().data(), length);
    std::memcpy(to, &named, sizeof named);
    return static_cast<std::uint32_t>(offsetof(sockaddr_un, sun_path) + length + 1);
  }
  if (place_.ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port_);
    std::memcpy(&v4.sin_addr, place_.ip.bytes.data() + mapped_prefix_bytes, 4);
    std::memcpy(to, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port_);
  std::memcpy(&v6.sin6_addr, place_.ip.bytes.data(), place_.ip.bytes.size());
  std::memcpy(to, &v6, sizeof v6);
  return sizeof v6;
}

}  // namespace ferroway::io
