#include "middleware/body_limit.hpp"

#include <gtest/gtest.h>

#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

// Brings pieces of so many bytes.
class pieces final : public http::body_source {
 public:
  pieces(io::loop& loop, std::vector<std::size_t> sizes) : loop_(loop), sizes_(std::move(sizes)) {}
  task<result<buffer>> read(io::cancel_scope&) override {
    if (next_ == sizes_.size()) co_return buffer{};
    buffer piece = loop_.buffers().acquire();
    piece.append(std::string(sizes_[next_++], 'x'));
    co_return piece;
  }

 private:
  io::loop& loop_;
  std::vector<std::size_t> sizes_;
  std::size_t next_ = 0;
};

// Ends a pipeline as a proxied route does: it takes all of the body.
class taking final : public handler {
 public:
  task<result<response>> handle(exchange& ex) override {
    while (ex.request_body.rest != nullptr) {
      result<buffer> piece = co_await ex.request_body.rest->read(ex.upload_scope);
      if (!piece) co_return fail(piece.error());
      if (piece->empty()) break;
      bytes += piece->size();
    }
    response reply;
    reply.head = ex.memory.make<http::response_head>();
    co_return reply;
  }
  std::size_t bytes = 0;
};

class body_limits : public testing::Test, protected exchange_rig {
 protected:
  void told(std::uint64_t length) {
    ex().request.body = {http::framing::kind::length, length};
    ex().request_body.rest = nullptr;
  }
  void chunked(std::vector<std::size_t> sizes, std::size_t ready = 0) {
    ex().request.body = {http::framing::kind::chunked, 0};
    source_.emplace(*loop, std::move(sizes));
    ex().request_body.rest = &*source_;
    if (ready == 0) return;
    ex().request_body.ready = loop->buffers().acquire();
    ex().request_body.ready.append(std::string(ready, 'x'));
  }
  std::string ask(std::uint64_t size, bool shadow = false) {
    step_ = std::make_shared<body_limit>(config::body_limit_middleware{size, shadow});
    last_ = std::make_shared<taking>();
    ex().decisions = &decisions;
    decisions.clear();
    const pipeline whole({step_}, last_);
    const result<response> reply = finish(whole.run(ex()));
    ex().run_end_actions();
    return reply ? "passed" : std::string(to_string(reply.error().kind));
  }
  std::string verdict() const { return decisions.empty() ? "none" : decisions.back().verdict; }
  std::size_t taken() const { return last_->bytes; }

  std::vector<decision> decisions;

 private:
  std::optional<pieces> source_;
  std::shared_ptr<body_limit> step_;
  std::shared_ptr<taking> last_;
};

TEST_F(body_limits, a_told_length_is_judged_before_anything_is_sent_on) {
  told(1000);
  EXPECT_EQ(ask(1000), "passed");
  EXPECT_EQ(verdict(), "passed");
  renew();
  told(1001);
  EXPECT_EQ(ask(1000), "body_too_large");
  EXPECT_EQ(verdict(), "rejected");
  EXPECT_EQ(ex().rejected_by, "body_limit");
}

TEST_F(body_limits, a_request_without_a_body_passes) {
  EXPECT_EQ(ask(0), "passed");
  EXPECT_EQ(decisions.back().reason, "no body");
}

TEST_F(body_limits, a_body_of_unknown_length_is_held_to_it_as_it_comes) {
  chunked({400, 400, 200});
  EXPECT_EQ(ask(1000), "passed");
  EXPECT_EQ(taken(), 1000U);
  EXPECT_EQ(verdict(), "passed");
  renew();
  chunked({400, 400, 201, 400});
  EXPECT_EQ(ask(1000), "body_too_large");
  EXPECT_EQ(taken(), 800U) << "what is behind the limit is not passed on";
  EXPECT_EQ(verdict(), "rejected");
  EXPECT_EQ(ex().rejected_by, "body_limit");
}

TEST_F(body_limits, what_came_with_the_head_counts_too) {
  chunked({400}, 601);
  EXPECT_EQ(ask(1000), "body_too_large");
  renew();
  chunked({400}, 1001);
  EXPECT_EQ(ask(1000), "body_too_large");
  EXPECT_EQ(taken(), 0U);
}

TEST_F(body_limits, in_shadow_mode_all_of_it_passes_and_is_told) {
  told(1001);
  EXPECT_EQ(ask(1000, true), "passed");
  EXPECT_EQ(verdict(), "would reject");
  renew();
  chunked({800, 800});
  EXPECT_EQ(ask(1000, true), "passed");
  EXPECT_EQ(taken(), 1600U);
  EXPECT_EQ(verdict(), "would reject");
  EXPECT_EQ(ex().would_reject, "body_limit");
}

}  // namespace
}  // namespace ferroway
