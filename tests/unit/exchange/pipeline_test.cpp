#include "exchange/pipeline.hpp"

#include <gtest/gtest.h>

#include "exchange/problem.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

// Writes its letter on the way in, and its capital on the way out.
class recording final : public middleware {
 public:
  recording(std::string& to, char letter) : to_(to), letter_(letter) {}
  std::string_view kind() const noexcept override { return "recording"; }
  task<result<response>> handle(exchange& ex, next_handler next) override {
    to_ += letter_;
    result<response> reply = co_await next(ex);
    to_ += static_cast<char>(letter_ - 'a' + 'A');
    if (http::response_head* head = head_to_edit(ex, reply)) {
      to_ += std::to_string(head->status);
    }
    co_return reply;
  }

 private:
  std::string& to_;
  char letter_;
};

class refusing final : public middleware {
 public:
  std::string_view kind() const noexcept override { return "refusing"; }
  task<result<response>> handle(exchange&, next_handler) override {
    co_return fail(fault::overloaded, side::local, "full");
  }
};

class only_looking final : public middleware {
 public:
  explicit only_looking(std::string& to) : to_(to) {}
  std::string_view kind() const noexcept override { return "only_looking"; }
  task<result<response>> handle(exchange& ex, next_handler next) override {
    to_ += '-';
    return next(ex);
  }

 private:
  std::string& to_;
};

// Asks for an edit of the head on the way in, and returns what comes behind.
class editing final : public middleware {
 public:
  editing(std::string& to, char letter) : to_(to), letter_(letter) {}
  std::string_view kind() const noexcept override { return "editing"; }
  task<result<response>> handle(exchange& ex, next_handler next) override {
    to_ += letter_;
    ex.at_answer(&editing::edit, this);
    return next(ex);
  }

 private:
  static void edit(exchange&, http::response_head& head, const void* with) {
    const auto& by = *static_cast<const editing*>(with);
    by.to_ += static_cast<char>(by.letter_ - 'a' + 'A');
    by.to_ += std::to_string(head.status);
  }
  std::string& to_;
  char letter_;
};

TEST(Pipeline, EditsAreMadeWhereTheirMiddlewaresStand) {
  exchange_rig rig;
  std::string order;
  // A coroutine sees the edits of those behind it and not of those around it.
  (void)rig.run({std::make_shared<editing>(order, 'a'), std::make_shared<editing>(order, 'b'),
                 std::make_shared<recording>(order, 'c'), std::make_shared<only_looking>(order),
                 std::make_shared<editing>(order, 'd'), std::make_shared<editing>(order, 'e')});
  EXPECT_EQ(order, "abc-deE200D200C200B200A200");
}

TEST(Pipeline, EditsAreMadeOfAFailuresAnswer) {
  exchange_rig rig;
  std::string order;
  const result<response> reply =
      rig.run({std::make_shared<editing>(order, 'a'), std::make_shared<refusing>(),
               std::make_shared<editing>(order, 'b')});
  EXPECT_EQ(order, "aA503");
  EXPECT_EQ(reply->head->status, 503);
}

TEST(Pipeline, NothingIsEditedWhereNobodyIsLeftToAnswer) {
  exchange_rig rig;
  std::string order;
  const result<response> reply = rig.run({std::make_shared<editing>(order, 'a')},
                                         failure{fault::reset, side::client, false, "gone"});
  EXPECT_EQ(order, "a");
  EXPECT_FALSE(reply);
}

TEST(Pipeline, RunsMiddlewaresInOrderAndBackAgain) {
  exchange_rig rig;
  std::string order;
  const result<response> reply =
      rig.run({std::make_shared<recording>(order, 'a'), std::make_shared<only_looking>(order),
               std::make_shared<recording>(order, 'b')});
  EXPECT_EQ(order, "a-bB200A200");
  EXPECT_EQ(reply->head->status, 200);
}

TEST(Pipeline, WhatAMiddlewareRefusesNeverGetsFurther) {
  exchange_rig rig;
  std::string order;
  const result<response> reply =
      rig.run({std::make_shared<recording>(order, 'a'), std::make_shared<refusing>(),
               std::make_shared<recording>(order, 'b')});
  EXPECT_EQ(order, "aA503");
  EXPECT_EQ(reply->head->status, 503);
}

TEST(Pipeline, WithoutMiddlewaresItsHandlerAnswers) {
  exchange_rig rig;
  EXPECT_EQ(rig.run({})->head->status, 200);
}

}  // namespace
}  // namespace ferroway
