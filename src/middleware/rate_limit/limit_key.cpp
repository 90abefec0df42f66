#include "middleware/rate_limit/limit_key.hpp"

namespace ferroway {
namespace {

// What kind of value was hashed last, so that no header can pass for an address.
enum class hashed : std::uint64_t { address = 1, value = 2 };

std::uint64_t closed(std::uint64_t hash, hashed what) noexcept {
  return hash ^ static_cast<std::uint64_t>(what) * 0x9e3779b97f4a7c15U;
}

// The mask of the first `bits` bits.
std::array<std::uint8_t, 16> first_bits(unsigned bits) noexcept {
  std::array<std::uint8_t, 16> mask;
  for (unsigned i = 0; i < mask.size(); ++i) {
    const unsigned left = bits > i * 8 ? bits - i * 8 : 0;
    mask[i] = static_cast<std::uint8_t>(left < 8 ? ~(0xffU >> left) : 0xffU);
  }
  return mask;
}

}  // namespace

limit_key::limit_key(const std::vector<std::string>& variables, address_grouping grouping)
    : names_(variables),
      grouping_(grouping),
      v4_mask_(first_bits(96U + grouping.v4_bits)),
      v6_mask_(first_bits(grouping.v6_bits)) {
  for (const std::string& name : variables) {
    parts_.push_back({name == "client.ip", *variable::parse(name)});
  }
}

std::uint64_t limit_key::add_address(std::uint64_t before, const exchange& ex) const noexcept {
  // Peers of a unix socket have no address: they are one client.
  if (ex.peer != nullptr && !ex.peer->is_ip()) {
    return closed(hash_.of(before, "unix"), hashed::address);
  }
  std::array<std::uint8_t, 16> bytes = ex.client.bytes;
  const std::array<std::uint8_t, 16>& mask = ex.client.is_v4() ? v4_mask_ : v6_mask_;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] &= mask[i];
  return closed(hash_.of(before, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}),
                hashed::address);
}

std::uint64_t limit_key::of(exchange& ex) const {
  std::uint64_t hash = 0;
  for (const part& each : parts_) {
    const std::string_view value = each.is_address ? std::string_view{} : each.from.identity(ex);
    hash = value.empty() ? add_address(hash, ex) : closed(hash_.of(hash, value), hashed::value);
  }
  return hash == 0 ? 1 : hash;
}

std::string_view limit_key::first_value(exchange& ex) const {
  return parts_.front().from.identity(ex);
}

}  // namespace ferroway
