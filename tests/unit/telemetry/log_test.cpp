#include "telemetry/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <string>

namespace ferroway::telemetry {
namespace {

// Lines go to a pipe while it lives.
class captured_log {
 public:
  captured_log() {
    EXPECT_EQ(pipe2(ends_, O_NONBLOCK), 0);
    before_ = set_log_descriptor(ends_[1]);
  }
  ~captured_log() {
    set_log_descriptor(before_);
    close(ends_[0]);
    close(ends_[1]);
  }
  std::string text() {
    std::string all(1 << 17, '\0');
    const ssize_t got = read(ends_[0], all.data(), all.size());
    all.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return all;
  }

 private:
  int ends_[2] = {-1, -1};
  int before_ = -1;
};

TEST(log, is_a_line_of_time_level_message_and_fields) {
  captured_log output;
  log(log_level::info, "listening",
      {{"address", "127.0.0.1:8080"}, {"workers", 2}, {"offset", -3}});
  EXPECT_TRUE(std::regex_match(
      output.text(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info listening )"
                                R"(address=127\.0\.0\.1:8080 workers=2 offset=-3\n)")));
}

TEST(log, values_cannot_forge_a_line_or_a_field) {
  captured_log output;
  log(log_level::error, "bad\nthing",
      {{"file", "a b=c"}, {"peer", "\n2026 error \"forged\"\x1b"}, {"empty", ""}});
  const std::string text = output.text();
  EXPECT_NE(
      text.find(R"( error bad\nthing file="a b=c" peer="\n2026 error \"forged\"\u001b" empty="")"
                "\n"),
      std::string::npos)
      << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
}

TEST(log, a_long_line_is_cut_and_ends) {
  captured_log output;
  log(log_level::info, std::string(10000, 'x'), {{"key", std::string(10000, '\n')}});
  const std::string text = output.text();
  EXPECT_LE(text.size(), 4096U);
  EXPECT_EQ(text.back(), '\n');
}

TEST(log, never_waits_for_a_reader) {
  captured_log output;
  for (int i = 0; i < 5000; ++i)
    log(log_level::info, "nobody reads this line");  // ends, rather than blocks
  EXPECT_TRUE(output.text().ends_with('\n'));
}

TEST(log, a_limiter_admits_once_an_interval_and_counts_the_rest) {
  log_limiter limiter(std::chrono::seconds(1));
  const time_point start{std::chrono::hours(1)};
  EXPECT_EQ(limiter.admit(start), 0U);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(limiter.admit(start + std::chrono::milliseconds(i)), std::nullopt);
  EXPECT_EQ(limiter.admit(start + std::chrono::seconds(1)), 5U);
  EXPECT_EQ(limiter.admit(start + std::chrono::seconds(3)), 0U);
}

}  // namespace
}  // namespace ferroway::telemetry
