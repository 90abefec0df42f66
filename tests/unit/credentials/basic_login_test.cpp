#include "credentials/basic_login.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::credentials {
namespace {

std::string read(const std::string& value) {
  basic_room room;
  const basic_login made = read_basic(value, room);
  if (!made.is_there) return "none";
  if (made.flaw != nullptr) return made.flaw;
  return std::string(made.user) + "|" + std::string(made.password);
}

TEST(basic_logins, are_a_name_and_a_password) {
  EXPECT_EQ(read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Aladdin|open sesame");  // RFC 7617, 2
  EXPECT_EQ(read("basic  dGVzdDoxMjPCow=="), "test|123\xC2\xA3");                // RFC 7617, 2.1
  EXPECT_EQ(read("BASIC\tOg== "), "|");
  EXPECT_EQ(read("Basic YTpiOmM="), "a|b:c") << "the first colon counts";
  EXPECT_EQ(read("Basic YTo="), "a|");
}

TEST(basic_logins, of_another_scheme_are_none) {
  for (const char* value : {"", "Bearer QTpi", "Basi", "Basics QTpi", "QTpi", "Basic,QTpi"}) {
    EXPECT_EQ(read(value), "none") << value;
  }
}

TEST(basic_logins, have_one_spelling) {
  for (const char* value :
       {"Basic", "Basic ", "Basic YTpi=", "Basic YTpiOmM", "Basic YTpiOmM==", "Basic YTo",
        "Basic YTp=", "Basic YT=i", "Basic =TpiYTpi", "Basic YTpi YTpi", "Basic YTp_",
        "Basic ====", "Basic YTpiOmN=", "Basic YTp\xC3", "Basic a:b", "Basic YTpiOg==YTpi"}) {
    EXPECT_EQ(read(value), "the login is no base64") << value;
  }
  EXPECT_EQ(read("Basic YWJj"), "the login has no colon");
  EXPECT_EQ(read("Basic YToAYg=="), "the login holds control characters");  // a:\0b
  EXPECT_EQ(read("Basic YTpiCg=="), "the login holds control characters");  // a:b\n
}

TEST(basic_logins, are_measured_before_anything_is_decoded) {
  EXPECT_EQ(read("Basic " + std::string(1028, 'A')), "the login is too long");
  EXPECT_EQ(read("Basic " + std::string(1024, '?')), "the login is no base64");
  EXPECT_EQ(read("Basic " + std::string(1024, 'A')), "the login holds control characters");
  // 172 digits are 129 bytes: "aaa" again and again, and then a colon.
  std::string name;
  for (int i = 0; i < 43; ++i) name += "YWFh";
  EXPECT_EQ(read("Basic " + name + "OmFh"), "the user's name is too long");
  std::string password;
  for (int i = 0; i < 86; ++i) password += "YWFh";
  EXPECT_EQ(read("Basic YTph" + password), "the password is too long");
}

}  // namespace
}  // namespace ferroway::credentials
