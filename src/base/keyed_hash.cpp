#include "base/keyed_hash.hpp"

#include <bit>
#include <cstring>

#include "base/random.hpp"

namespace ferroway {
namespace {

struct sip_state {
  std::uint64_t v0, v1, v2, v3;

  void round() noexcept {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void take(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    v0 ^= word;
  }
};

std::uint64_t word_at(const char* from) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = std::byteswap(word);
  return word;
}

}  // namespace

keyed_hash keyed_hash::random() { return {system_seed(), system_seed()}; }

std::uint64_t keyed_hash::of(std::string_view bytes) const noexcept {
  sip_state state{k0_ ^ 0x736f6d6570736575U, k1_ ^ 0x646f72616e646f6dU, k0_ ^ 0x6c7967656e657261U,
                  k1_ ^ 0x7465646279746573U};
  const std::uint64_t length = bytes.size();
  while (bytes.size() >= 8) {
    state.take(word_at(bytes.data()));
    bytes.remove_prefix(8);
  }
  char last[8] = {};
  if (!bytes.empty()) std::memcpy(last, bytes.data(), bytes.size());
  state.take(word_at(last) | length << 56);
  state.v2 ^= 0xff;
  for (int i = 0; i < 3; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace ferroway
