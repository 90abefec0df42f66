// Whom a limit counts together: the hash of what its key names in a request. Immutable; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/keyed_hash.hpp"
#include "exchange/variables.hpp"

namespace ferroway {

// How much of an address is one client: who has one IPv6 address has all of its /64.
struct address_grouping {
  std::uint8_t v4_bits = 32;
  std::uint8_t v6_bits = 64;
  bool operator==(const address_grouping&) const = default;
};

class limit_key {
 public:
  // `variables`: names such as "client.ip", found valid; at least one.
  limit_key(const std::vector<std::string>& variables, address_grouping grouping);

  // Whether it would be made of these.
  bool counts_by(const std::vector<std::string>& variables, address_grouping grouping) const {
    return variables == names_ && grouping == grouping_;
  }

  // Never 0. What a request lacks, or says twice, counts as its address.
  std::uint64_t of(exchange& ex) const;
  // The value of the first variable; empty where the request lacks it.
  std::string_view first_value(exchange& ex) const;

 private:
  struct part {
    bool is_address;
    variable from;
  };
  std::uint64_t add_address(std::uint64_t before, const exchange& ex) const noexcept;

  std::vector<std::string> names_;
  std::vector<part> parts_;
  address_grouping grouping_;
  std::array<std::uint8_t, 16> v4_mask_;  // of what is one client
  std::array<std::uint8_t, 16> v6_mask_;
  keyed_hash hash_ = keyed_hash::random();
};

}  // namespace ferroway
