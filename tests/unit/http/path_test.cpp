#include "http/path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::http {
namespace {

struct normal_case {
  std::string_view path, expected;
};

TEST(normalise_path, gives_the_normal_form) {
  const normal_case cases[] = {
      {"/", "/"},
      {"/a/b.c/~d", "/a/b.c/~d"},
      {"//", "/"},
      {"///a////b//", "/a/b/"},
      {"/a/./b", "/a/b"},
      {"/a/.", "/a/"},
      {"/a/..", "/"},
      {"/a/../b", "/b"},
      {"/a/b/../", "/a/"},
      {"/../../a", "/a"},
      {"/..", "/"},
      {"/a//../b", "/b"},
      {"/a/...", "/a/..."},
      {"/a/.b", "/a/.b"},
      {"/a/..b", "/a/..b"},
      {"/.well-known/x", "/.well-known/x"},
      {"/%61%7E%2d", "/a~-"},
      {"/%c3%a9", "/%C3%A9"},
      {"/a%20b%25", "/a%20b%25"},
      {"/a/%2e%2E/b", "/b"},
      {"/a/%2e/b", "/a/b"},
      {"/a/.%2e", "/"},
      {"/%252F", "/%252F"},
      {"/a;v=1/b", "/a;v=1/b"},
      {"/a.;x", "/a.;x"},
      {"/...;x", "/...;x"},
      {"/a{b}|^\"<>`", "/a{b}|^\"<>`"},
      {"/!$&'()*+,=:@", "/!$&'()*+,=:@"},
  };
  for (const auto& [path, expected] : cases) {
    arena memory;
    const result<std::string_view> normal = normalise_path(path, memory);
    ASSERT_TRUE(normal) << path << ": " << normal.error().detail;
    EXPECT_EQ(*normal, expected) << path;
    const result<std::string_view> again = normalise_path(*normal, memory);
    ASSERT_TRUE(again) << path;
    EXPECT_EQ(*again, *normal) << "not a fixed point: " << path;
  }
}

TEST(normalise_path, returns_a_normal_path_itself) {
  arena memory;
  const std::string_view path = "/api/users/42";
  EXPECT_EQ(normalise_path(path, memory)->data(), path.data());
}

TEST(normalise_path, refuses_what_others_may_read_differently) {
  const std::string_view cases[] = {
      "",       "a",      "*",          "/a\\b",   "/a%5Cb",   "/a%5cb",  "/a%2Fb",   "/a%2fb",
      "/a%00",  "/%",     "/%1",        "/%g0",    "/%0g",     "/a%",     "/a/..;/b", "/a/..;x",
      "/.;/b",  "/..;",   "/%2e%2e;/b", "/.%2E;a", "/..%3B/b", "/.%3bx",  "/a b",     "/a\tb",
      "/a\x7f", "/a\x80", "/\xc3\xa9",  "/a#b",    "/a?b",     "/%2e%2f", "/..%2f..",
  };
  for (const std::string_view path : cases) {
    arena memory;
    const result<std::string_view> normal = normalise_path(path, memory);
    ASSERT_FALSE(normal) << path << " gave " << *normal;
    EXPECT_EQ(normal.error().kind, fault::malformed) << path;
  }
  arena memory;
  EXPECT_FALSE(normalise_path(std::string_view("/a\0b", 4), memory));
}

}  // namespace
}  // namespace ferroway::http
