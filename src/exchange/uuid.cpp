#include "exchange/uuid.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace ferroway {
namespace {

// Of each byte.
constexpr auto pairs = [] {
  constexpr char alphabet[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> all{};
  for (unsigned byte = 0; byte < all.size(); ++byte) {
    all[byte] = {alphabet[byte >> 4], alphabet[byte & 15]};
  }
  return all;
}();

// The lowest `bytes` bytes of `value`, the highest first.
char* write_hex(char* to, std::uint64_t value, unsigned bytes) {
  for (unsigned shift = bytes * 8; shift > 0; shift -= 8) {
    std::memcpy(to, pairs[value >> (shift - 8) & 0xff].data(), 2);
    to += 2;
  }
  return to;
}

}  // namespace

void write_uuid_v7(char* to, wall_time now, random_source& random) noexcept {
  const auto milliseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  const std::uint64_t a = random.next();
  const std::uint64_t b = random.next();
  to = write_hex(to, milliseconds >> 16, 4);
  *to++ = '-';
  to = write_hex(to, milliseconds & 0xffff, 2);
  *to++ = '-';
  to = write_hex(to, 0x7000 | (a & 0x0fff), 2);
  *to++ = '-';
  to = write_hex(to, 0x8000 | (a >> 16 & 0x3fff), 2);
  *to++ = '-';
  write_hex(to, b & 0xffffffffffff, 6);
}

}  // namespace ferroway
