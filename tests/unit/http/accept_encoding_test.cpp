#include "http/accept_encoding.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace ferroway::http {
namespace {

constexpr std::array ours{content_coding::zstd, content_coding::br, content_coding::gzip};

std::string chosen(const std::vector<std::string>& values,
                   std::span<const content_coding> of = ours) {
  arena memory;
  field_list fields;
  fields.add(memory, "Host", "a");
  for (const std::string& value : values) fields.add(memory, "accept-ENCODING", value);
  const coding_choice choice = choose_coding(fields, of);
  EXPECT_EQ(choice.coding.has_value(), choice.reason.empty());
  return choice.coding ? std::string(to_string(*choice.coding)) : std::string(choice.reason);
}

TEST(accept_encoding, the_highest_weight_wins_and_our_order_among_equals) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"gzip", "gzip"},
      {"GZip", "gzip"},
      {"x-gzip", "gzip"},
      {"gzip, br", "br"},
      {"gzip, deflate, br, zstd", "zstd"},
      {"gzip;q=1.0, br;q=0.9", "gzip"},
      {"gzip;q=0.001, br;q=0.002", "br"},
      {"gzip ; q=0.5 , br\t;\tQ=0.5", "br"},
      {",, gzip ,,", "gzip"},
      {"*", "zstd"},
      {"*;q=0.5, gzip", "gzip"},
      {"*, zstd;q=0", "br"},
      {"zstd;q=0, br;q=0, *", "gzip"},
      {"gzip, identity;q=0", "gzip"},
      {"gzip;q=0.5, identity;q=0.5", "gzip"},
      {"gzip, identity;q=0.5", "gzip"},
      {"unheard-of, gzip;q=0.1", "gzip"},
  };
  for (const auto& [value, coding] : all) EXPECT_EQ(chosen({value}), coding) << value;
}

TEST(accept_encoding, none_where_the_client_wants_none) {
  constexpr const char* none = "the client accepts none of these encodings";
  for (const char* value :
       {"", " ", ",", "identity", "deflate, compress", "gzip;q=0", "gzip;q=0.000, br;q=0", "*;q=0",
        "*;q=0, identity", "gzip;q=0, gzip", "gzip, x-gzip;q=0"}) {
    EXPECT_EQ(chosen({value}), none) << value;
  }
  EXPECT_EQ(chosen({}), "the client says nothing of encodings");
  for (const char* value : {"identity, gzip;q=0.5", "gzip;q=0.5, identity;q=0.501"}) {
    EXPECT_EQ(chosen({value}), "the client prefers no encoding") << value;
  }
}

TEST(accept_encoding, several_fields_are_one_list) {
  EXPECT_EQ(chosen({"gzip;q=0.5", "br;q=0.7"}), "br");
  EXPECT_EQ(chosen({"gzip", "gzip;q=0"}), "the client accepts none of these encodings");
}

TEST(accept_encoding, only_what_is_offered_is_chosen) {
  constexpr std::array two{content_coding::gzip, content_coding::br};
  EXPECT_EQ(chosen({"zstd, br, gzip"}, two), "gzip");
  EXPECT_EQ(chosen({"zstd, br, gzip;q=0.9"}, two), "br");
  EXPECT_EQ(chosen({"zstd"}, two), "the client accepts none of these encodings");
}

TEST(accept_encoding, what_is_malformed_counts_as_no_wish) {
  for (const char* value :
       {"gzip;",         "gzip;q",       "gzip;q=",   "gzip;q=2",       "gzip;q=1.001",
        "gzip;q=0.1234", "gzip;q=-1",    "gzip;q=.5", "gzip;q=0,5;q",   "gzip;q = 1",
        "gzip;level=9",  "gzip;q=1;q=0", "g zip",     "gzip br",        "\"gzip\"",
        ";q=1",          "gzip;q=0.5x",  "gz\x01ip",  "gzip, br;q=nan", "gzip;q=1e0"}) {
    EXPECT_EQ(chosen({value}), "Accept-Encoding is malformed") << value;
  }
  EXPECT_EQ(chosen({"gzip", "br;q=9"}), "Accept-Encoding is malformed");
}

TEST(accept_encoding, a_list_without_end_counts_as_no_wish) {
  std::string list = "gzip";
  for (std::size_t i = 1; i < accepted_codings_max; ++i) list += ",a";
  EXPECT_EQ(chosen({list}), "gzip");
  EXPECT_EQ(chosen({list, "b"}), "Accept-Encoding is malformed");
}

// Whatever bytes stand there, the outcome is one of ours, or none with a reason.
TEST(accept_encoding, any_bytes_come_to_something) {
  random_source random(7);
  constexpr std::string_view bytes = "gzipbrstdxq=;,.01*- \t\"\x80";
  for (int round = 0; round < 20'000; ++round) {
    std::string value;
    for (auto size = random.below(40); size > 0; --size) value += bytes[random.below(bytes.size())];
    chosen({value});
  }
}

}  // namespace
}  // namespace ferroway::http
