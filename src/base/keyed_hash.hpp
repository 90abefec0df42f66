// A hash whose results nobody can foresee who does not know its key: for tables whose keys clients
// choose. SipHash-1-3 (Aumasson and Bernstein, 2012, with the rounds that hash tables use).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ferroway {

class keyed_hash {
 public:
  // A key from the operating system.
  static keyed_hash random();
  constexpr keyed_hash(std::uint64_t k0, std::uint64_t k1) noexcept : k0_(k0), k1_(k1) {}

  std::uint64_t of(std::string_view bytes) const noexcept;
  // Of a sequence: `before` is the hash of what stands before these.
  std::uint64_t of(std::uint64_t before, std::string_view bytes) const noexcept {
    return keyed_hash(k0_ ^ before, k1_).of(bytes);
  }

 private:
  std::uint64_t k0_;
  std::uint64_t k1_;
};

}  // namespace ferroway
