#include "base/put_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway {
namespace {

std::string decimal(std::uint64_t value) {
  std::array<char, decimal_digits_max> text;
  return {text.data(), put_decimal(text.data(), value)};
}

TEST(put_decimal, has_the_digits_of_every_length) {
  std::uint64_t power = 1;
  for (std::size_t digits = 1; digits <= decimal_digits_max; ++digits) {
    for (const std::uint64_t value : {power - 1, power, power + 1, power * 9 / 8}) {
      EXPECT_EQ(decimal(value), std::to_string(value));
      EXPECT_EQ(decimal_digits(value), std::to_string(value).size());
    }
    power *= 10;
  }
  EXPECT_EQ(decimal(UINT64_MAX), "18446744073709551615");
}

TEST(put, moves_texts_of_every_length_and_no_byte_more) {
  const std::string text = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    std::string to(text.size(), '.');
    char* const end = put(to.data(), std::string_view(text).substr(0, size));
    EXPECT_EQ(end, to.data() + size);
    EXPECT_EQ(to, text.substr(0, size) + std::string(text.size() - size, '.'));
  }
}

}  // namespace
}  // namespace ferroway
