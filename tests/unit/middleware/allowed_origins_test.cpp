#include "middleware/allowed_origins.hpp"

#include <gtest/gtest.h>

namespace ferroway {
namespace {

TEST(AllowedOrigins, ExactOnesAreComparedByteForByte) {
  const allowed_origins some({"https://b.example", "http://a.example:8080", "null"});
  EXPECT_TRUE(some.has("https://b.example"));
  EXPECT_TRUE(some.has("http://a.example:8080"));
  EXPECT_TRUE(some.has("null"));
  for (const char* other :
       {"http://b.example", "https://b.example:8443", "https://b.example.evil.test",
        "https://evil.test/https://b.example", "https://B.example", "https://b.example/",
        "http://a.example", "", "nul", "https://", "b.example"}) {
    EXPECT_FALSE(some.has(other)) << other;
  }
  EXPECT_FALSE(some.any());
}

TEST(AllowedOrigins, NullOnlyWhereListed) {
  EXPECT_FALSE(allowed_origins({"https://*.example.com"}).has("null"));
}

TEST(AllowedOrigins, AWildcardStandsForOneOrMoreLabels) {
  const allowed_origins some({"https://*.example.com"});
  EXPECT_TRUE(some.has("https://a.example.com"));
  EXPECT_TRUE(some.has("https://a.b-c.example.com"));
  for (const char* other :
       {"https://example.com", "https://.example.com", "https://a..example.com",
        "https://.a.example.com", "https://evilexample.com", "http://a.example.com",
        "https://a.example.com:8443", "https://a.example.com.evil.test",
        "https://evil.test/.example.com", "https://evil.test:80.example.com",
        "https://u@evil.test#.example.com", "https://evil.test?.example.com",
        "https://a.example.co", "https://A.example.com", "https://\xc3\xa9.example.com"}) {
    EXPECT_FALSE(some.has(other)) << other;
  }
}

TEST(AllowedOrigins, AWildcardKeepsItsPort) {
  const allowed_origins some({"http://*.dev.test:3000"});
  EXPECT_TRUE(some.has("http://a.dev.test:3000"));
  EXPECT_FALSE(some.has("http://a.dev.test"));
  EXPECT_FALSE(some.has("http://a.dev.test:30000"));
  EXPECT_FALSE(some.has("http://a.dev.test:3000:3000"));
}

TEST(AllowedOrigins, AStarIsEveryOne) {
  const allowed_origins all({"*"});
  EXPECT_TRUE(all.any());
  EXPECT_TRUE(all.has("https://a.example"));
  EXPECT_TRUE(all.has("null"));
}

}  // namespace
}  // namespace ferroway
