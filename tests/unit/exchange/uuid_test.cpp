#include "exchange/uuid.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ferroway {
namespace {

using std::chrono::milliseconds;

std::string uuid_at(std::int64_t unix_ms, random_source& random) {
  std::string text(uuid_text_bytes + 2, '#');
  write_uuid_v7(text.data() + 1, wall_time(milliseconds(unix_ms)), random);
  EXPECT_EQ(text.front(), '#');
  EXPECT_EQ(text.back(), '#') << "nothing beyond its 36 bytes is written";
  return text.substr(1, uuid_text_bytes);
}

// RFC 9562, 5.7: 48 bits of time, version 7, variant 10.
TEST(Uuid, HasTheShapeOfVersionSeven) {
  random_source random(1);
  for (int i = 0; i < 200; ++i) {
    const std::string id = uuid_at(1'645'557'742'000, random);
    EXPECT_EQ(id.substr(0, 15), "017f22e2-79b0-7") << "the example of RFC 9562, A.6";
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
    for (std::size_t at = 0; at < id.size(); ++at) {
      const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
      EXPECT_EQ(id[at] == '-', dash) << id;
      if (!dash) {
        EXPECT_NE(std::string("0123456789abcdef").find(id[at]), std::string::npos);
      }
    }
  }
}

TEST(Uuid, SortsByTime) {
  random_source random(2);
  std::string before = uuid_at(0, random);
  for (const std::int64_t at : {1LL, 0xffffLL, 0x10000LL, 0xffffffffLL, 1'767'225'600'000LL}) {
    const std::string id = uuid_at(at, random);
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(Uuid, DiffersWithinAMillisecond) {
  random_source random(3);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(uuid_at(1, random));
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace ferroway
