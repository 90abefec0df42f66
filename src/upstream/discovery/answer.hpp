// What DNS answers, read from the bytes of a message (RFC 1035, 4; RFC 2782; RFC 3596). They come
// from outside: nothing in them is believed before it is checked, and all of it is bounded.
// c-ares has readers of its own; in Debian 12's release that of SRV records leaves out the TTL.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "io/address.hpp"

namespace ferroway::upstream {

// Of one name, or of all that an SRV name stands for; what is beyond is left out, the same at each
// answer, whatever order it comes in.
inline constexpr std::size_t addresses_per_name_max = 256;
// Of an SRV name.
inline constexpr std::size_t services_per_name_max = 64;

enum class record_type : std::uint16_t { a = 1, aaaa = 28, srv = 33 };

struct found_addresses {
  std::vector<io::ip_address> all;  // sorted, each once
  duration valid{};                 // the least TTL on the way there
  // Of a host with one address of each family: the second way to it. Then `all` has the first.
  std::optional<io::ip_address> other = {};
};

struct found_service {
  std::string target;
  std::uint16_t port = 0;
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  auto operator<=>(const found_service&) const = default;
};

struct found_services {
  std::vector<found_service> all;  // sorted, each once
  duration valid{};
};

// The addresses of that family in the message. fault::no_endpoint: there are none;
// fault::malformed: the bytes are no answer.
result<found_addresses> read_addresses(std::span<const std::uint8_t> message, record_type family);
result<found_services> read_services(std::span<const std::uint8_t> message);

// A name that a question may be asked about: what an SRV record says may be anything.
bool is_dns_name(std::string_view text) noexcept;

}  // namespace ferroway::upstream
