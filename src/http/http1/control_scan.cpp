#include "http/http1/control_scan.hpp"

#include <array>
#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ferroway::http1 {
namespace {

constexpr std::array<bool, 256> make_control_bytes() {
  std::array<bool, 256> is{};
  for (std::size_t c = 0; c < is.size(); ++c) is[c] = is_control(static_cast<char>(c));
  return is;
}
constexpr std::array<bool, 256> control_bytes = make_control_bytes();

const char* find_portable(const char* at, const char* end) noexcept {
  while (at != end && !control_bytes[static_cast<unsigned char>(*at)]) ++at;
  return at;
}

#if defined(__x86_64__)

// SSE2 is part of every x86-64.
inline const char* find_sse2_inline(const char* at, const char* end) noexcept {
  constexpr std::ptrdiff_t width = 16;
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i del = _mm_set1_epi8(0x7F);
  for (; end - at >= width; at += width) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i bad =
        _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), low), _mm_cmpeq_epi8(bytes, del));
    const auto hits = static_cast<unsigned>(_mm_movemask_epi8(bad));
    if (hits != 0) return at + std::countr_zero(hits);
  }
  return find_portable(at, end);
}

const char* find_sse2(const char* at, const char* end) noexcept {
  return find_sse2_inline(at, end);
}

[[gnu::target("avx2")]] const char* find_avx2(const char* at, const char* end) noexcept {
  constexpr std::ptrdiff_t width = 32;
  const __m256i last_control = _mm256_set1_epi8(0x1F);
  const __m256i tab = _mm256_set1_epi8('\t');
  const __m256i del = _mm256_set1_epi8(0x7F);
  for (; end - at >= width; at += width) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last_control), bytes);
    const __m256i bad = _mm256_or_si256(_mm256_andnot_si256(_mm256_cmpeq_epi8(bytes, tab), low),
                                        _mm256_cmpeq_epi8(bytes, del));
    const auto hits = static_cast<unsigned>(_mm256_movemask_epi8(bad));
    if (hits != 0) return at + std::countr_zero(hits);
  }
  return find_sse2_inline(at, end);
}

constexpr std::array<named_control_finder, 3> all_finders = {{
    {"portable", find_portable},
    {"sse2", find_sse2},
    {"avx2", find_avx2},
}};

std::size_t usable_finders() noexcept {
  return __builtin_cpu_supports("avx2") ? all_finders.size() : all_finders.size() - 1;
}

#else

constexpr std::array<named_control_finder, 1> all_finders = {{{"portable", find_portable}}};

std::size_t usable_finders() noexcept { return all_finders.size(); }

#endif

// What the pointer holds until the first call: it puts the best one in its place.
const char* choose_and_find(const char* begin, const char* end) noexcept {
  control_finder* best = control_finders().back().find;
  detail::chosen_control_finder.store(best, std::memory_order_relaxed);
  return best(begin, end);
}

}  // namespace

constinit std::atomic<control_finder*> detail::chosen_control_finder = choose_and_find;

std::span<const named_control_finder> control_finders() noexcept {
  return std::span(all_finders).first(usable_finders());
}

}  // namespace ferroway::http1
