// Marks pooled memory as unusable while it is free, where AddressSanitizer watches; nothing
// otherwise.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FERROWAY_ASAN 1
#include <sanitizer/asan_interface.h>
#endif
#endif

namespace ferroway {

inline void poison([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef FERROWAY_ASAN
  __asan_poison_memory_region(block, bytes);
#endif
}

inline void unpoison([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef FERROWAY_ASAN
  __asan_unpoison_memory_region(block, bytes);
#endif
}

}  // namespace ferroway
