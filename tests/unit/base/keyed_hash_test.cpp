#include "base/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway {
namespace {

// Key 00 01 ... 0f, messages of so many bytes 00 01 ...: as other implementations of SipHash-1-3
// have them.
TEST(keyed_hash, is_siphash_1_3) {
  const keyed_hash hash(0x0706050403020100U, 0x0f0e0d0c0b0a0908U);
  const std::uint64_t expected[] = {0xabac0158050fc4dcU, 0xc9f49bf37d57ca93U, 0x82cb9b024dc7d44dU};
  std::string message;
  for (const std::uint64_t each : expected) {
    EXPECT_EQ(hash.of(message), each) << message.size();
    message += static_cast<char>(message.size());
  }
}

TEST(keyed_hash, depends_on_key_order_and_every_byte) {
  const keyed_hash one(1, 2), other(1, 3);
  const std::string text = "a text of more than sixteen bytes";
  EXPECT_NE(one.of(text), other.of(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_NE(one.of(changed), one.of(text)) << i;
  }
  EXPECT_NE(one.of(one.of("a"), "b"), one.of(one.of("b"), "a"));
  EXPECT_NE(keyed_hash::random().of(text), keyed_hash::random().of(text));
}

}  // namespace
}  // namespace ferroway
