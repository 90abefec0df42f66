#include "upstream/retry_budget.hpp"

#include <gtest/gtest.h>

namespace ferroway::upstream {
namespace {

int spent_of(retry_budget& budget, int wanted) {
  int spent = 0;
  for (int i = 0; i < wanted; ++i) spent += budget.spend() ? 1 : 0;
  return spent;
}

TEST(RetryBudget, BeginsWithAReserve) {
  retry_budget budget;
  EXPECT_EQ(spent_of(budget, 100), 10);
}

TEST(RetryBudget, InAnOutageAFifthOfTheRequestsIsRepeated) {
  retry_budget budget;
  (void)spent_of(budget, 100);
  int spent = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.request_began();
    spent += budget.spend() ? 1 : 0;
  }
  EXPECT_GE(spent, 198);
  EXPECT_LE(spent, 200);
}

TEST(RetryBudget, QuietTimesSaveNoMoreThanTheReserve) {
  retry_budget budget;
  for (int i = 0; i < 10000; ++i) budget.request_began();
  EXPECT_EQ(spent_of(budget, 100), 10);
}

}  // namespace
}  // namespace ferroway::upstream
