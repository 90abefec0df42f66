#include "http/http1/control_scan.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"

namespace ferroway::http1 {
namespace {

TEST(control_scan, finds_exactly_the_control_bytes) {
  for (const auto& [name, find] : control_finders()) {
    for (int byte = 0; byte < 256; ++byte) {
      const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
      // In the middle of a block and in a tail.
      for (const std::size_t size : {std::size_t{1}, std::size_t{100}}) {
        std::vector<char> text(size, 'x');
        text[size / 2] = static_cast<char>(byte);
        const char* end = text.data() + size;
        EXPECT_EQ(find(text.data(), end), control ? text.data() + size / 2 : end)
            << name << " byte " << byte;
      }
    }
  }
}

// Exact allocations, so that AddressSanitizer sees a read outside.
TEST(control_scan, the_fast_ways_agree_with_the_portable_one_at_every_alignment) {
  random_source random(11);
  control_finder* portable = control_finders().front().find;
  for (int round = 0; round < 4000; ++round) {
    const std::size_t offset = random.below(64);
    std::vector<char> text(offset + random.below(200));
    const bool dense = random.chance(30);
    for (char& c : text) {
      const auto byte = static_cast<char>(random.next());
      c = is_control(byte) && !dense && !random.chance(5) ? 'a' : byte;
    }
    const char* begin = text.data() + std::min(offset, text.size());
    const char* end = text.data() + text.size();
    for (const auto& [name, find] : control_finders()) {
      ASSERT_EQ(find(begin, end), portable(begin, end)) << name;
    }
    ASSERT_EQ(find_control(begin, end), portable(begin, end));
  }
}

}  // namespace
}  // namespace ferroway::http1
