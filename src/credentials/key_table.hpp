// Whose a key is. Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "credentials/digest.hpp"

namespace ferroway::credentials {

// A hash table whose hash is the beginning of the digest itself: SHA-256 scatters keys as well as
// any. The look-up may take a time that tells how far a shown key's digest agrees with a stored
// one: that helps nobody, since a digest that agrees is no step towards the key (and what a client
// may choose is the key, of 128 random bits, not its digest). The comparison that decides takes
// constant time all the same.
class key_table {
 public:
  struct entry {
    digest sha256{};
    std::uint32_t owner = 0;
  };

  // No digest twice.
  explicit key_table(std::vector<entry> entries);

  std::optional<std::uint32_t> find(const digest& of) const noexcept;

 private:
  std::size_t place_of(const digest& of) const noexcept;

  std::vector<entry> entries_;
  std::vector<std::uint32_t> places_;  // 1 + index into entries_; a power of two, half of it free
};

}  // namespace ferroway::credentials
