#include "middleware/access_log_line.hpp"

#include <gtest/gtest.h>

#include <array>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class access_log_lines : public testing::Test, protected exchange_rig {
 protected:
  std::string text_of(const access_log_line& line) {
    std::array<char, access_log_line_bytes_max> room;
    return std::string(line.write(ex(), line.keep(ex()), room));
  }
};

TEST_F(access_log_lines, tell_which_consumer_has_asked) {
  EXPECT_EQ(text_of(*make_json_line()).find("consumer"), std::string::npos);
  ex().who.consumer = "acme [x]\"";
  const std::string json = text_of(*make_json_line());
  EXPECT_NE(json.find(R"(,"consumer":"acme [x]\"")"), std::string::npos) << json;
  const std::string combined = text_of(*make_combined_line());
  EXPECT_TRUE(combined.starts_with("192.0.2.7 - acme__x]_ [")) << combined;
}

}  // namespace
}  // namespace ferroway
