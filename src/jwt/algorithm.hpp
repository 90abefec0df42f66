// The signature algorithms of RFC 7518, 3 and RFC 8037 that the gateway verifies. `none` is not
// among them. Constants; any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace ferroway::jwt {

enum class algorithm : std::uint8_t {
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa,
};

// What a key must be to serve an algorithm.
enum class key_kind : std::uint8_t { secret, rsa, p256, p384, p521, ed25519 };

// Case-sensitive, as RFC 7515, 4.1.1 has it.
std::optional<algorithm> algorithm_of(std::string_view name) noexcept;
std::string_view to_string(algorithm which) noexcept;
key_kind kind_for(algorithm which) noexcept;
// "SHA-256", "SHA-384", "SHA-512"; of EdDSA none.
std::string_view digest_of(algorithm which) noexcept;
constexpr bool is_pss(algorithm which) noexcept {
  return which == algorithm::ps256 || which == algorithm::ps384 || which == algorithm::ps512;
}

// Some of them.
class algorithms {
 public:
  constexpr algorithms() = default;
  constexpr algorithms(std::initializer_list<algorithm> list) noexcept {
    for (const algorithm each : list) add(each);
  }
  constexpr void add(algorithm which) noexcept { bits_ |= bit(which); }
  constexpr bool has(algorithm which) const noexcept { return (bits_ & bit(which)) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr algorithms operator&(algorithms other) const noexcept {
    algorithms both;
    both.bits_ = static_cast<std::uint16_t>(bits_ & other.bits_);
    return both;
  }
  bool operator==(const algorithms&) const = default;

 private:
  static constexpr std::uint16_t bit(algorithm which) noexcept {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(which));
  }
  std::uint16_t bits_ = 0;
};

// All that a key of that kind can serve.
algorithms algorithms_for(key_kind kind) noexcept;

}  // namespace ferroway::jwt
