#include "http/content_digest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::http {
namespace {

// RFC 9421, B.2, and the same body's sha-256 of RFC 9530, B.1.
const std::string sha512 =
    "sha-512=:WZDPaVn/"
    "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew"
    "==:";
const std::string sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";

TEST(content_digest, says_what_is_known) {
  const content_digest both = read_content_digest(sha256 + ", " + sha512);
  EXPECT_EQ(both.flaw, nullptr);
  EXPECT_TRUE(both.sha256 && both.sha512);
  const content_digest one = read_content_digest("md5=:YQ==: ,\t" + sha256 + " ");
  EXPECT_EQ(one.flaw, nullptr);
  EXPECT_TRUE(one.sha256 && !one.sha512);
  EXPECT_EQ((*one.sha256)[0], '\x5f');
}

TEST(content_digest, says_what_is_wrong) {
  const auto flaw = [](const std::string& value) -> std::string {
    const char* said = read_content_digest(value).flaw;
    return said == nullptr ? "" : said;
  };
  for (const std::string& text :
       {std::string(), std::string("sha-256"), std::string("sha-256=abc"), sha256 + ",",
        sha256 + sha512, sha256 + ", " + sha256, sha256 + ";a=1", std::string("sha-256=:YQ==:"),
        std::string("sha-256=:") + std::string(43, 'A') + "B=:", "SHA-256" + sha256.substr(7),
        std::string("sha-512=:") + std::string(44, 'A') + ":"}) {
    EXPECT_EQ(flaw(text), "Content-Digest is malformed") << text;
  }
  EXPECT_EQ(flaw("md5=:YQ==:"), "Content-Digest has neither sha-256 nor sha-512");
  EXPECT_EQ(flaw(std::string(1025, 'a')), "Content-Digest is too long");
  std::string many;
  for (int i = 0; i < 9; ++i) many += (i == 0 ? "a" : ", a") + std::to_string(i) + "=:YQ==:";
  EXPECT_EQ(flaw(many), "Content-Digest is malformed");
}

}  // namespace
}  // namespace ferroway::http
