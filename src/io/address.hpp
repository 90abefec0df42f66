// Where a socket listens or connects to: IPv4, IPv6 or a unix socket's path. A plain value, small
// because every connection keeps its peer's.
#pragma once

#include <array>
#include <cassert>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

struct sockaddr;

namespace ferroway::io {

// IPv4 addresses are held as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2), so that one comparison serves
// both.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};

  bool is_v4() const noexcept;
  bool is_loopback() const noexcept;     // 127.0.0.0/8, ::1
  bool is_unspecified() const noexcept;  // 0.0.0.0, ::
  // "10.0.0.1", "2001:db8::1" (RFC 5952).
  std::string text() const;
  // The same into `to`, which has room for text_bytes_max; returns the length.
  static constexpr std::size_t text_bytes_max = 46;
  std::size_t write(char* to) const noexcept;
  auto operator<=>(const ip_address&) const = default;

  // Without brackets, port or zone.
  static result<ip_address> parse(std::string_view text);
};

// A block of addresses in CIDR notation: "10.0.0.0/8", "2001:db8::/32", or one address.
struct ip_network {
  ip_address base;
  std::uint8_t prefix_bits = 128;  // of the mapped form: an IPv4 /8 is 104

  bool contains(const ip_address& ip) const noexcept;
  static result<ip_network> parse(std::string_view text);  // set host bits are refused
  bool operator==(const ip_network&) const = default;
};

class address {
 public:
  enum class kind : std::uint8_t { none, ip, unix_path };

  address() noexcept = default;
  address(const address& from);
  address(address&& from) noexcept : address() { swap(from); }
  address& operator=(address from) noexcept {
    swap(from);
    return *this;
  }
  ~address();

  static address of_ip(const ip_address& ip, std::uint16_t port);
  static address of_path(std::string_view path);
  static address of_sockaddr(const sockaddr& from, std::uint32_t length);

  // "127.0.0.1:8080", "[::1]:8080", "unix:/run/f.sock", and "8080" or ":8080" for every address
  // (`[::]`, which takes IPv4 too). Host names are refused.
  static result<address> parse(std::string_view text);

  kind is() const noexcept { return kind_; }
  bool is_ip() const noexcept { return kind_ == kind::ip; }
  // Not of a unix socket's.
  const ip_address& ip() const noexcept {
    assert(kind_ != kind::unix_path);
    return place_.ip;
  }
  std::uint16_t port() const noexcept { return port_; }
  // Empty where there is none.
  const std::string& path() const noexcept;
  // What parse() reads.
  std::string text() const;

  // Fills `to` (at least sizeof(sockaddr_storage) bytes); returns the length for bind or connect.
  // IPv4 addresses become AF_INET.
  std::uint32_t write(sockaddr* to) const noexcept;

  bool operator==(const address& other) const noexcept;

 private:
  union place {
    ip_address ip{};
    const std::string* path;  // of kind::unix_path: owned, nullptr for an empty one
  };
  void swap(address& with) noexcept {
    std::swap(place_, with.place_);
    std::swap(port_, with.port_);
    std::swap(kind_, with.kind_);
  }

  place place_;
  std::uint16_t port_ = 0;
  kind kind_ = kind::none;
};

static_assert(sizeof(address) == 24);

}  // namespace ferroway::io
