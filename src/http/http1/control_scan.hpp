// Finds the bytes that end a line of an HTTP/1 head, or must not be in it: controls (0x00-0x1F but
// HTAB) and DEL. Looks at 32 or 16 bytes at a time where the CPU can, chosen once per process. Any
// thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ferroway::http1 {

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

// The first control byte of [begin, end), `end` if there is none. Reads nothing outside.
using control_finder = const char*(const char* begin, const char* end) noexcept;

struct named_control_finder {
  std::string_view name;
  control_finder* find;
};
// The ones this CPU can run, the portable one first, the best last.
std::span<const named_control_finder> control_finders() noexcept;

namespace detail {
extern constinit std::atomic<control_finder*> chosen_control_finder;
}

inline const char* find_control(const char* begin, const char* end) noexcept {
  return detail::chosen_control_finder.load(std::memory_order_relaxed)(begin, end);
}

}  // namespace ferroway::http1
