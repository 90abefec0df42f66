#include "middleware/network_tree.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ferroway {
namespace {

constexpr unsigned address_bits = 128;
constexpr unsigned mapped_bits = 96;  // in front of an IPv4 address

std::uint64_t big_endian(const std::uint8_t* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == std::endian::little ? std::byteswap(word) : word;
}

bool is_v4(const io::ip_network& network) noexcept {
  return network.prefix_bits >= mapped_bits && network.base.is_v4();
}

}  // namespace

network_tree::key network_tree::key_of(const io::ip_address& ip) noexcept {
  return {big_endian(ip.bytes.data()), big_endian(ip.bytes.data() + 8)};
}

unsigned network_tree::bit(const key& of, unsigned at) noexcept {
  const std::uint64_t word = at < 64 ? of.high : of.low;
  return static_cast<unsigned>(word >> (63 - at % 64) & 1);
}

unsigned network_tree::common_bits(const key& a, const key& b) noexcept {
  const std::uint64_t high = a.high ^ b.high;
  if (high != 0) return static_cast<unsigned>(std::countl_zero(high));
  return 64 + static_cast<unsigned>(std::countl_zero(a.low ^ b.low));
}

network_tree::index network_tree::make(const key& begin, unsigned bits, std::uint8_t value) {
  nodes_.push_back({begin, {none, none}, static_cast<std::uint8_t>(bits), value});
  return static_cast<index>(nodes_.size() - 1);
}

network_tree::index& network_tree::link(index parent, unsigned side, bool v4) noexcept {
  return parent == none ? roots_[v4 ? 1 : 0] : nodes_[parent].below[side];
}

void network_tree::add(const io::ip_network& network, std::uint8_t value) {
  const key wanted = key_of(network.base);
  const unsigned bits = network.prefix_bits;
  const bool v4 = is_v4(network);
  index parent = none;
  unsigned side = 0;
  while (true) {
    const index here = link(parent, side, v4);
    if (here == none) {
      const index leaf = make(wanted, bits, value);
      link(parent, side, v4) = leaf;
      return;
    }
    const unsigned common =
        std::min({common_bits(wanted, nodes_[here].begin), bits, unsigned{nodes_[here].bits}});
    if (common == nodes_[here].bits && common == bits) {
      nodes_[here].value = value;
      return;
    }
    if (common == nodes_[here].bits) {
      parent = here;
      side = bit(wanted, common);
      continue;
    }
    // They part within this node's path: a node for what they share, which may be the network
    // itself.
    const bool is_whole = common == bits;
    const index above = make(wanted, common, is_whole ? value : 0);
    nodes_[above].below[bit(nodes_[here].begin, common)] = here;
    if (!is_whole) {
      const index leaf = make(wanted, bits, value);
      nodes_[above].below[bit(wanted, common)] = leaf;
    }
    link(parent, side, v4) = above;
    return;
  }
}

network_tree::found network_tree::find(const io::ip_address& ip) const noexcept {
  const key wanted = key_of(ip);
  found best;
  index here = roots_[ip.is_v4() ? 1 : 0];
  while (here != none) {
    const node& at = nodes_[here];
    if (common_bits(wanted, at.begin) < at.bits) break;
    if (at.value != 0) best = {at.value, at.bits};
    if (at.bits == address_bits) break;
    here = at.below[bit(wanted, at.bits)];
  }
  return best;
}

std::string network_text(const io::ip_address& ip, unsigned prefix_bits) {
  io::ip_address base = ip;
  for (unsigned at = prefix_bits; at < address_bits; ++at) {
    base.bytes[at / 8] &= static_cast<std::uint8_t>(~(0x80U >> at % 8));
  }
  const bool v4 = ip.is_v4() && prefix_bits >= mapped_bits;
  return base.text() + "/" + std::to_string(v4 ? prefix_bits - mapped_bits : prefix_bits);
}

}  // namespace ferroway
