#include "cli/echo/wishes.hpp"

#include <gtest/gtest.h>

namespace ferroway::echo {
namespace {

using std::chrono::milliseconds;

TEST(wishes, reads_what_it_knows_and_leaves_the_rest) {
  const std::optional<wishes> wanted = parse_wishes("x=1&status=503&delay=200ms&bytes=1048576&y");
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->status, 503);
  EXPECT_EQ(wanted->delay, milliseconds(200));
  EXPECT_EQ(wanted->bytes, 1048576U);
}

TEST(wishes, without_a_query_asks_for_nothing) {
  const std::optional<wishes> wanted = parse_wishes("");
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->status, 200);
  EXPECT_FALSE(wanted->delay || wanted->bytes);
}

TEST(wishes, refuses_values_that_make_no_sense) {
  for (const char* query :
       {"status=100", "status=600", "status=", "status=2x0", "delay=5", "delay=-1s", "delay=2h",
        "bytes=-1", "bytes=1e6", "bytes=99999999999999999999"}) {
    EXPECT_FALSE(parse_wishes(query)) << query;
  }
}

TEST(duration_text, takes_the_units_of_the_configuration) {
  EXPECT_EQ(parse_duration("0ms"), milliseconds(0));
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("5s"), milliseconds(5000));
  EXPECT_EQ(parse_duration("1m"), milliseconds(60'000));
  EXPECT_EQ(parse_duration("1h"), milliseconds(3'600'000));
  for (const char* text : {"", "ms", "1", "1d", " 1s", "1 s", "61m", "18446744073709551616ms"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace ferroway::echo
