// Files made to hurt: each is refused with a clear error, in bounded memory and time.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

std::string first_complaint(const std::string& text) {
  const loaded outcome = load(text);
  EXPECT_FALSE(outcome.value);
  return outcome.diagnostics.empty() ? "" : outcome.diagnostics[0].message;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(hostile, aliases_that_multiply_are_counted_as_often_as_they_are_used) {
  std::string bomb = "x-a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "x-a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
            repeated(below + ",", 10) + "]\n";
  }
  EXPECT_EQ(first_complaint(bomb), "more than 2000000 values, aliases included");
}

TEST(hostile, an_alias_cannot_stand_in_what_it_stands_for) {
  EXPECT_EQ(first_complaint("x-a: &a [*a]\n"), "no anchor `&a` stands before this alias");
}

TEST(hostile, sizes_and_depths_are_bounded) {
  EXPECT_EQ(first_complaint(std::string(100'000'000, 'a')), "the file is larger than 16 MiB");
  EXPECT_EQ(first_complaint("a: " + std::string(100'000, '[')), "nested deeper than 64 levels");
  EXPECT_EQ(first_complaint(repeated("- ", 100'000)), "nested deeper than 64 levels");
  EXPECT_EQ(first_complaint("a: " + repeated("{a: ", 100'000)), "nested deeper than 64 levels");
  EXPECT_EQ(first_complaint("a: [" + repeated("a,", 3'000'000) + "]"),
            "more than 2000000 values, aliases included");
  EXPECT_EQ(
      first_complaint("listen: '" + std::string(1'000'000, '1') + "'\nroutes: [{respond: {}}]"),
      "`listen` is longer than 8192 bytes");
}

TEST(hostile, one_large_text_used_often_is_bounded_in_all) {
  const std::string text = "x-r: &r {respond: {body: '" + std::string(900'000, 'a') +
                           "'}}\nlisten: 1\nroutes: [" + repeated("*r,", 10'000) + "]\n";
  EXPECT_EQ(first_complaint(text), "the values of this file are longer than 64 MiB in all");
}

TEST(hostile, errors_are_shown_up_to_a_bound) {
  const loaded outcome = load("listen: 1\nroutes: [" + repeated("{respnd: {}},", 50'000) + "]\n");
  EXPECT_FALSE(outcome.value);
  EXPECT_EQ(outcome.diagnostics.size(), 101U);
  EXPECT_EQ(outcome.diagnostics.back().message, "49900 more errors are not shown");
  EXPECT_LT(render(outcome, false).size(), 100'000U);
}

TEST(hostile, keys_twice_are_found_among_many) {
  std::string text = "x-many: {";
  for (int i = 0; i < 100'000; ++i) text += "k" + std::to_string(i) + ": 1,";
  EXPECT_EQ(first_complaint(text + "k7: 2}\nlisten: 1\nroutes: [{respond: {}}]"),
            "duplicate key `k7`");
}

TEST(hostile, invalid_utf8_is_found_wherever_it_stands) {
  for (const std::string& bad :
       {std::string("\xc0\xaf"), std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"),
        std::string("\xe2\x82"), std::string("\x80"),
        std::string("\xff\xfe"
                    "a\0",
                    4)}) {
    EXPECT_EQ(first_complaint("a: é" + bad), "this byte is not valid UTF-8");
  }
}

TEST(hostile, a_long_line_of_wide_characters_is_read_in_linear_time) {
  const loaded outcome =
      load("x-a: [" + repeated("é,", 1'000'000) + "]\nlisten: 1\nroutes: [{respond: {}}, é]\n");
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics[0].at.column, 25U);
}

TEST(hostile, many_routes_are_no_attack) {
  std::string text = "listen: 1\nroutes:\n";
  for (int i = 0; i < 100'000; ++i) {
    text += "  - {path: '/p" + std::to_string(i) + "/{id}', methods: [GET], respond: {}}\n";
  }
  const loaded outcome = load(text);
  ASSERT_TRUE(outcome.value) << complaints(outcome);
  EXPECT_EQ(outcome.value->routes.size(), 100'000U);
  EXPECT_TRUE(outcome.diagnostics.empty());
}

// A valid file with bytes changed, dropped and doubled: whatever comes out, it comes out.
TEST(hostile, damaged_files_never_crash) {
  const std::string whole =
      "listen: 8080\nmiddlewares: {a: {request_headers: {set: {A: '${path.id}x'}}}}\n"
      "upstreams: {u: {endpoints: [http://127.0.0.1:1, {url: 'unix:/a'}], host: endpoint}}\n"
      "use: [request_id, &x access_log]\nroutes:\n  - host: \"{t}.a.com\"\n    use: [a]\n"
      "    routes: [{path: '/{id}', to: u}, {path: {exact: /h}, respond: {body: \"\\n\"}}]\n";
  random_source random(1);
  for (int turn = 0; turn < 3000; ++turn) {
    std::string text = whole;
    for (std::uint64_t edits = 1 + random.next() % 4; edits > 0; --edits) {
      const std::size_t at = static_cast<std::size_t>(random.next() % text.size());
      const auto byte = static_cast<char>(random.next());
      switch (random.next() % 3) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.erase(at, 1 + random.next() % 8);
          break;
        default:
          text.insert(at, text.substr(random.next() % text.size(), 12));
      }
    }
    const loaded outcome = load(text);
    EXPECT_TRUE(outcome.value || !outcome.diagnostics.empty()) << text;
    render(outcome, true);
    if (outcome.value) print_long_form(*outcome.value);
  }
}

}  // namespace
}  // namespace ferroway::config::testing
