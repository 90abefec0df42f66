// Networks with a value each, found by address: a radix tree with compressed paths (Morrison's
// PATRICIA, 1968). Finding looks at no more nodes than an address has bits, however many networks
// there are. IPv4 and IPv6 are apart: `::/0` holds no IPv4 address.
//
// Filled by one thread; afterwards any thread may find.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/address.hpp"

namespace ferroway {

class network_tree {
 public:
  // In place of an earlier value. `value` is not 0.
  void add(const io::ip_network& network, std::uint8_t value);

  // The smallest network that holds the address; a value of 0 where none does.
  struct found {
    std::uint8_t value = 0;
    std::uint8_t prefix_bits = 0;  // of the mapped form
  };
  found find(const io::ip_address& ip) const noexcept;

  std::size_t nodes() const noexcept { return nodes_.size(); }

 private:
  // The 16 bytes of an address, the first one highest.
  struct key {
    std::uint64_t high;
    std::uint64_t low;
  };
  using index = std::uint32_t;
  static constexpr index none = 0xFFFF'FFFF;

  // All below it begin with the first `bits` of its key.
  struct node {
    key begin;
    index below[2];  // by the next bit
    std::uint8_t bits;
    std::uint8_t value;  // 0: only a fork
  };

  static key key_of(const io::ip_address& ip) noexcept;
  static unsigned bit(const key& of, unsigned at) noexcept;
  static unsigned common_bits(const key& a, const key& b) noexcept;
  index make(const key& begin, unsigned bits, std::uint8_t value);
  index& link(index parent, unsigned side, bool v4) noexcept;

  std::vector<node> nodes_;
  index roots_[2] = {none, none};  // IPv6, IPv4
};

// "10.0.0.0/8": the network of so many bits (of the mapped form) that holds the address.
std::string network_text(const io::ip_address& ip, unsigned prefix_bits);

}  // namespace ferroway
