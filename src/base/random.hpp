// Small, fast random numbers from a seed (xoshiro256**, Blackman and Vigna 2018): for jitter, picks
// and the simulator. Not for secrets.
#pragma once

#include <bit>
#include <cstdint>

namespace ferroway {

class random_source {
 public:
  explicit random_source(std::uint64_t seed) noexcept {
    for (std::uint64_t& word : state_) word = split_mix(seed);
  }

  std::uint64_t next() noexcept {
    const std::uint64_t value = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return value;
  }

  // Uniform in [0, bound); 0 for a bound of 0. (Lemire 2019, the bias of at most bound/2^64
  // accepted.)
  std::uint64_t below(std::uint64_t bound) noexcept {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<wide>(next()) * bound) >> 64);
  }

  // True with probability `percent` / 100.
  bool chance(unsigned percent) noexcept { return below(100) < percent; }

 private:
  static std::uint64_t split_mix(std::uint64_t& seed) noexcept {
    std::uint64_t z = (seed += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint64_t state_[4];
};

// A seed from the operating system (getrandom).
std::uint64_t system_seed();

}  // namespace ferroway
