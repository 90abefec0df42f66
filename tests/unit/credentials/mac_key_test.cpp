#include "credentials/mac_key.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "credentials/mac_key_list.hpp"

namespace ferroway::credentials {
namespace {

std::string mac_of(const std::string& key, const std::string& text) {
  digester by;
  return to_text(mac_key(key).sign(by, text).value()).substr(7);
}

// RFC 4231.
TEST(mac_key, signs_as_the_rfc_has_it) {
  EXPECT_EQ(mac_of(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(mac_of("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(mac_of(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(
      mac_of(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(mac_of(std::string(64, 'k'), ""), mac_of(std::string(64, 'k'), ""));
}

TEST(mac_key, verifies_what_it_has_signed_and_nothing_else) {
  digester by;
  const mac_key key(std::string(32, 'k')), other(std::string(31, 'k') + "l");
  digest mac = *key.sign(by, "text");
  EXPECT_TRUE(key.verifies(by, "text", mac));
  EXPECT_FALSE(key.verifies(by, "texT", mac));
  EXPECT_FALSE(other.verifies(by, "text", mac));
  mac[31] ^= 1;
  EXPECT_FALSE(key.verifies(by, "text", mac));
}

const std::string secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

TEST(mac_key_list, is_read) {
  const auto made =
      parse_mac_key_list("# partners\n\nacme-1 acme  " + secret + "\r\n\tacme/2\tacme\t" +
                         encode_base64(std::string(512, 'x')));
  ASSERT_TRUE(made) << made.error().what;
  ASSERT_EQ(made->size(), 2U);
  EXPECT_EQ((*made)[0], (listed_mac_key{"acme-1", "acme", "0123456789abcdef0123456789abcdef"}));
  EXPECT_EQ((*made)[1].id, "acme/2");
  EXPECT_TRUE(parse_mac_key_list("# nobody yet\n")->empty());
}

TEST(mac_key_list, says_which_line_is_wrong_and_not_what_stands_there) {
  const auto wrong = [](const std::string& line, const std::string& why) {
    const auto made = parse_mac_key_list("a b " + secret + "\n" + line + "\n");
    ASSERT_FALSE(made) << line;
    EXPECT_EQ(made.error().line, 2U);
    EXPECT_NE(std::string(made.error().what).find(why), std::string::npos) << made.error().what;
  };
  wrong("acme-1", "a line is a key's id");
  wrong("acme-1 acme", "fewer than 32 bytes");
  wrong("acme\"1 acme " + secret, "a line is a key's id");
  wrong(std::string(129, 'i') + " acme " + secret, "a line is a key's id");
  wrong("acme-1 ac:me " + secret, "a line is a key's id");
  wrong("acme-1 acme " + secret + " " + secret, "no base64");
  wrong("acme-1 acme " + secret.substr(1), "no base64");
  wrong("acme-1 acme " + encode_base64(std::string(31, 'x')), "fewer than 32 bytes");
  wrong("acme-1 acme " + encode_base64(std::string(513, 'x')), "longer than 512 bytes");
  wrong("a acme " + secret, "a key of this id stands there already");
}

}  // namespace
}  // namespace ferroway::credentials
