#include "base/base64.hpp"

#include <gtest/gtest.h>

#include <array>

namespace ferroway {
namespace {

std::optional<std::string> decoded(std::string_view text) {
  std::array<char, 64> room;
  const auto made = decode_base64(text, room.data());
  return made ? std::optional<std::string>(*made) : std::nullopt;
}

// RFC 4648, 10.
TEST(base64, of_the_rfc) {
  const std::array<std::pair<std::string, std::string>, 7> vectors{{{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_EQ(decoded(text), bytes) << text;
  }
  const std::string all = {'\0', '\xff', '\x7f', '\x80', '\xfb', '\xf0'};
  EXPECT_EQ(decoded(encode_base64(all)), all);
}

TEST(base64, has_one_spelling_for_each_sequence) {
  for (const std::string_view text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "=",
                                      "====", "Z===", "Zm9 ", "Zm-_", "Zm9v\n", "Z g=", "Zm8=A"}) {
    EXPECT_EQ(decoded(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ferroway
