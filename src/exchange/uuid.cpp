#include "exchange/uuid.hpp"

#include <cstdint>

namespace ferroway {
namespace {

// `digits` hexadecimal digits of `value`, the highest first.
char* write_hex(char* to, std::uint64_t value, unsigned digits) {
  static constexpr char alphabet[] = "0123456789abcdef";
  for (unsigned shift = digits * 4; shift > 0; shift -= 4)
    *to++ = alphabet[value >> (shift - 4) & 15];
  return to;
}

}  // namespace

void write_uuid_v7(char* to, wall_time now, random_source& random) noexcept {
  const auto milliseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  const std::uint64_t a = random.next();
  const std::uint64_t b = random.next();
  to = write_hex(to, milliseconds >> 16, 8);
  *to++ = '-';
  to = write_hex(to, milliseconds & 0xffff, 4);
  *to++ = '-';
  to = write_hex(to, 0x7000 | (a & 0x0fff), 4);
  *to++ = '-';
  to = write_hex(to, 0x8000 | (a >> 16 & 0x3fff), 4);
  *to++ = '-';
  write_hex(to, b & 0xffffffffffff, 12);
}

}  // namespace ferroway
