#include "http/structured_fields.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ferroway::http {
namespace {

TEST(structured_reader, reads_keys) {
  const auto key = [](std::string_view text) {
    structured_reader reader(text);
    const auto made = reader.key();
    return made ? std::string(*made) + (reader.at_end() ? "" : " and more") : "none";
  };
  EXPECT_EQ(key("created"), "created");
  EXPECT_EQ(key("*a-b_c.9*=1"), "*a-b_c.9* and more");
  EXPECT_EQ(key("Created"), "none");
  EXPECT_EQ(key("1a"), "none");
  EXPECT_EQ(key(""), "none");
}

TEST(structured_reader, reads_texts_in_their_one_spelling) {
  const auto text = [](std::string_view from) {
    structured_reader reader(from);
    const auto made = reader.string();
    return made ? std::string(*made) + (reader.at_end() ? "" : " and more") : "none";
  };
  EXPECT_EQ(text("\"\""), "");
  EXPECT_EQ(text("\"a b\";c"), "a b and more");
  EXPECT_EQ(text(R"("a\"\\")"), R"(a\"\\)");
  EXPECT_EQ(text(R"("a\b")"), "none");
  EXPECT_EQ(text(R"("a\)"), "none");
  EXPECT_EQ(text("\"a"), "none");
  EXPECT_EQ(text("a"), "none");
  EXPECT_EQ(text("\"a\tb\""), "none");
  EXPECT_EQ(text("\"\xc3\xa4\""), "none");
}

TEST(structured_reader, reads_whole_numbers) {
  const auto number = [](std::string_view from) {
    structured_reader reader(from);
    const auto made = reader.natural();
    return made ? std::to_string(*made) + (reader.at_end() ? "" : " and more") : "none";
  };
  EXPECT_EQ(number("0"), "0");
  EXPECT_EQ(number("1618884473;"), "1618884473 and more");
  EXPECT_EQ(number("999999999999999"), "999999999999999");
  EXPECT_EQ(number("1000000000000000"), "none");
  EXPECT_EQ(number("01"), "none");
  EXPECT_EQ(number("-1"), "none");
  EXPECT_EQ(number("1.5"), "1 and more");
  EXPECT_EQ(number(""), "none");
}

TEST(structured_reader, reads_bytes_and_members) {
  structured_reader reader(":YQ==: \t,  b");
  EXPECT_EQ(reader.bytes(), "YQ==");
  bool well_formed = false;
  EXPECT_TRUE(reader.next_member(well_formed));
  EXPECT_TRUE(reader.at('b'));
  for (const std::string_view text : {"", ":", ":YQ==", "YQ==", ":Y Q:", ":YQ\":", ":Y-_:"}) {
    EXPECT_FALSE(structured_reader(text).bytes()) << text;
  }
}

TEST(structured_reader, knows_the_end) {
  const auto ends = [](std::string_view text) {
    structured_reader reader(text);
    bool well_formed = false;
    EXPECT_FALSE(reader.next_member(well_formed)) << text;
    return well_formed;
  };
  EXPECT_TRUE(ends(""));
  EXPECT_TRUE(ends("  "));
  EXPECT_FALSE(ends(","));
  EXPECT_FALSE(ends(" , "));
  EXPECT_FALSE(ends("a"));
}

TEST(structured_reader, skips_any_bare_item) {
  for (const char* text : {"\"a\\\"b\"", ":aGk=:", "?0", "?1", "12", "-1.5", "token/1:x", "*a"}) {
    structured_reader reader(text);
    EXPECT_TRUE(reader.skip_value()) << text;
    EXPECT_TRUE(reader.at_end()) << text;
  }
  for (const char* text : {"", "\"a", ":a", "?2", "?", ";", "(", "=", "\x01", "\xff"}) {
    EXPECT_FALSE(structured_reader(text).skip_value()) << text;
  }
}

}  // namespace
}  // namespace ferroway::http
