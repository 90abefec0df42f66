#include "upstream/split.hpp"

#include <gtest/gtest.h>

#include <map>

#include "unit/exchange/rig.hpp"

namespace ferroway::upstream {
namespace {

class named_end final : public handler {
 public:
  explicit named_end(std::uint16_t status) : status_(status) {}
  task<result<response>> handle(exchange& ex) override {
    response reply;
    reply.head = ex.memory.make<http::response_head>();
    reply.head->status = status_;
    co_return reply;
  }

 private:
  std::uint16_t status_;
};

class splitting : public testing::Test, protected exchange_rig {
 protected:
  static split among(std::vector<std::uint32_t> weights, std::string_view stick_by = "") {
    std::vector<split::part> parts;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const auto status = static_cast<std::uint16_t>(200 + i);
      parts.push_back(
          {"upstream-" + std::to_string(i), weights[i], std::make_shared<named_end>(status)});
    }
    return {std::move(parts), stick_by};
  }
  // Which part takes a request from `client` with this session.
  int chosen(split& by, const std::string& client, const std::string& session = "") {
    renew();
    from(client + ":1");
    ex().matched = &matched;
    cookie_ = "s=" + session;
    if (!session.empty()) field("Cookie", cookie_);
    return finish(by.handle(ex()))->head->status - 200;
  }
  static std::string client(int i) {
    return "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
  }

 private:
  std::string cookie_;
};

TEST_F(splitting, by_chance_keeps_to_the_weights) {
  split by = among({90, 10, 0});
  std::map<int, int> seen;
  for (int i = 0; i < 10'000; ++i) ++seen[chosen(by, "10.0.0.1")];
  EXPECT_NEAR(seen[0], 9000, 150);  // five standard deviations
  EXPECT_NEAR(seen[1], 1000, 150);
  EXPECT_EQ(seen[2], 0);
}

TEST_F(splitting, a_client_meets_the_same_part_again) {
  split by = among({50, 50}, "client.ip");
  split other_process = among({50, 50}, "client.ip");
  std::map<int, int> seen;
  for (int i = 0; i < 2000; ++i) {
    const int first = chosen(by, client(i));
    EXPECT_EQ(chosen(by, client(i)), first);
    EXPECT_EQ(chosen(other_process, client(i)), first);
    ++seen[first];
  }
  EXPECT_NEAR(seen[0], 1000, 112);
}

TEST_F(splitting, sticking_keeps_to_the_weights_too) {
  split by = among({90, 10, 0}, "cookie.s");
  std::map<int, int> seen;
  for (int i = 0; i < 10'000; ++i) ++seen[chosen(by, "10.0.0.1", std::to_string(i))];
  EXPECT_NEAR(seen[0], 9000, 150);
  EXPECT_EQ(seen[2], 0);
}

TEST_F(splitting, other_weights_move_only_whom_they_must) {
  split before = among({90, 10}, "cookie.s");
  split after = among({80, 20}, "cookie.s");
  int moved = 0;
  for (int i = 0; i < 10'000; ++i) {
    const int first = chosen(before, "10.0.0.1", std::to_string(i));
    const int second = chosen(after, "10.0.0.1", std::to_string(i));
    if (first == second) continue;
    ++moved;
    EXPECT_EQ(second, 1);  // nobody goes the other way
  }
  EXPECT_NEAR(moved, 1000, 150);
}

TEST_F(splitting, who_lacks_the_value_counts_as_its_address) {
  split by_cookie = among({50, 50}, "cookie.s");
  split by_address = among({50, 50}, "client.ip");
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(chosen(by_cookie, client(i)), chosen(by_address, client(i)));
}

TEST_F(splitting, records_what_it_chose_and_why) {
  std::vector<decision> decisions;
  split by = among({1, 0}, "cookie.s");
  ex().decisions = &decisions;
  (void)finish(by.handle(ex()));
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].step, "split");
  EXPECT_EQ(decisions[0].verdict, "upstream-0");
  EXPECT_EQ(decisions[0].reason, "by client.ip, since the request lacks what to stick by");
}

}  // namespace
}  // namespace ferroway::upstream
