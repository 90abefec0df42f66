#include "jwt/base64url.hpp"

#include <gtest/gtest.h>

namespace ferroway::jwt {
namespace {

TEST(base64url, comes_back_as_it_went) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(base64url, is_that_of_rfc_4648) {
  EXPECT_EQ(encode_base64url(""), "");
  EXPECT_EQ(encode_base64url("f"), "Zg");
  EXPECT_EQ(encode_base64url("fo"), "Zm8");
  EXPECT_EQ(encode_base64url("foo"), "Zm9v");
  EXPECT_EQ(encode_base64url("\xFF\xFE"), "__4");
  EXPECT_EQ(decode_base64url("__4"), "\xFF\xFE");
}

TEST(base64url, has_one_spelling) {
  for (const char* text : {
           "Zg==", "Zg=", "=", "Zm8=",            // padding
           "Z", "Zm9vZ",                          // a digit too many
           "Zh", "Zm9vZh", "Zm9", "Zm9vZm9",      // bits behind the last byte
           "Zm 9v", "Zm9v\n", " Zm9v", "Zm\t8",   // white space
           "Zm+v", "Zm/v", "Zm.v", "Z\xC3\xA9v",  // letters of other alphabets
       }) {
    EXPECT_FALSE(decode_base64url(text)) << text;
  }
  EXPECT_FALSE(decode_base64url(std::string_view("Zm9\0", 4)));
}

}  // namespace
}  // namespace ferroway::jwt
