#include "http/path.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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
    const result<normal_path> normal = normalise_path(path, memory);
    ASSERT_TRUE(normal) << path << ": " << normal.error().detail;
    EXPECT_EQ(normal->text, expected) << path;
    EXPECT_TRUE(normal->ambiguous.empty()) << path;
    const result<normal_path> again = normalise_path(normal->text, memory);
    ASSERT_TRUE(again) << path;
    EXPECT_EQ(again->text, normal->text) << "not a fixed point: " << path;
  }
}

TEST(normalise_path, returns_a_normal_path_itself) {
  arena memory;
  const std::string_view path = "/api/users/42";
  EXPECT_EQ(normalise_path(path, memory)->text.data(), path.data());
}

struct ambiguous_case {
  std::string_view path, expected;
  std::vector<path_ambiguities::one> found;
};

TEST(normalise_path, tells_what_others_may_read_differently) {
  using enum path_ambiguities::one;
  const ambiguous_case cases[] = {
      {"/a%2fb", "/a%2Fb", {slash}},
      {"/%2e%2f", "/.%2F", {slash}},
      {"/..%2f..", "/..%2F..", {slash}},
      {"/a\\b", "/a%5Cb", {backslash}},
      {"/\\", "/%5C", {backslash}},
      {"/a%5cb", "/a%5Cb", {backslash}},
      {"/a%00", "/a%00", {null}},
      {"/a/..;/b", "/a/..;/b", {hidden_dots}},
      {"/.;/b", "/.;/b", {hidden_dots}},
      {"/..;", "/..;", {hidden_dots}},
      {"/%2e%2e;/b", "/..;/b", {hidden_dots}},
      {"/.%2E;a", "/..;a", {hidden_dots}},
      {"/..%3B/b", "/..%3B/b", {hidden_dots}},
      {"/.%3bx", "/.%3Bx", {hidden_dots}},
      {"/..;/a%2F%5C/%00", "/..;/a%2F%5C/%00", {slash, backslash, null, hidden_dots}},
      {"/a%2F/../b", "/b", {slash}},  // of what came, not of what is left
  };
  for (const auto& [path, expected, found] : cases) {
    arena memory;
    const result<normal_path> normal = normalise_path(path, memory);
    ASSERT_TRUE(normal) << path;
    EXPECT_EQ(normal->text, expected) << path;
    path_ambiguities wanted;
    for (const auto each : found) wanted.add(each);
    EXPECT_EQ(normal->ambiguous, wanted) << path;
    EXPECT_EQ(normalise_path(normal->text, memory)->text, expected) << path;
    if (normal->had_dots) continue;
    EXPECT_EQ(normalise_joined_path(path, memory, wanted).value_or(""), expected) << path;
    const auto refused = normalise_joined_path(path, memory, {});
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().kind, fault::malformed) << path;
    EXPECT_STREQ(refused.error().detail, why_ambiguous(wanted)) << path;
  }
}

TEST(normalise_joined_path, refuses_what_its_pieces_make_together) {
  arena memory;
  for (const std::string_view path :
       {"/a/..", "/a/../b", "/./b", "/a/%2e%2E/b", "/a/.%2e", "/a/.", "/.."}) {
    EXPECT_FALSE(normalise_joined_path(path, memory, {})) << path;
  }
  for (const std::string_view path : {"/", "/a/", "//a", "/a.b/..c/...", "/%41"}) {
    EXPECT_TRUE(normalise_joined_path(path, memory, {})) << path;
  }
}

TEST(normalise_path, refuses_what_is_no_path) {
  const std::string_view cases[] = {
      "",     "a",     "*",      "/%",     "/%1",       "/%g0", "/%0g", "/a%",
      "/a b", "/a\tb", "/a\x7f", "/a\x80", "/\xc3\xa9", "/a#b", "/a?b", "/%2F%",
  };
  for (const std::string_view path : cases) {
    arena memory;
    const result<normal_path> normal = normalise_path(path, memory);
    ASSERT_FALSE(normal) << path << " gave " << normal->text;
    EXPECT_EQ(normal.error().kind, fault::malformed) << path;
  }
  arena memory;
  EXPECT_FALSE(normalise_path(std::string_view("/a\0b", 4), memory));
}

}  // namespace
}  // namespace ferroway::http
