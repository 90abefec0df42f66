#include "credentials/key_table.hpp"

#include <bit>
#include <cstring>

namespace ferroway::credentials {

key_table::key_table(std::vector<entry> entries)
    : entries_(std::move(entries)), places_(std::bit_ceil(entries_.size() * 2 + 1)) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t at = place_of(entries_[i].sha256);
    while (places_[at] != 0) at = (at + 1) & (places_.size() - 1);
    places_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

std::size_t key_table::place_of(const digest& of) const noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, of.data(), sizeof number);
  return number & (places_.size() - 1);
}

std::optional<std::uint32_t> key_table::find(const digest& of) const noexcept {
  for (std::size_t at = place_of(of); places_[at] != 0; at = (at + 1) & (places_.size() - 1)) {
    const entry& each = entries_[places_[at] - 1];
    if (equal(each.sha256, of)) return each.owner;
  }
  return std::nullopt;
}

}  // namespace ferroway::credentials
