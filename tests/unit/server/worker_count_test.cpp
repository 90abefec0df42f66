#include "server/worker_count.hpp"

#include <gtest/gtest.h>

namespace ferroway::server {
namespace {

TEST(WorkerCount, AQuotaIsRoundedUpToWholeCpus) {
  EXPECT_EQ(cpus_of_quota("100000 100000"), 1U);
  EXPECT_EQ(cpus_of_quota("150000 100000"), 2U);
  EXPECT_EQ(cpus_of_quota("200000 100000"), 2U);
  EXPECT_EQ(cpus_of_quota("200001 100000"), 3U);
  EXPECT_EQ(cpus_of_quota("50000 100000"), 1U);
  EXPECT_EQ(cpus_of_quota("1 1000000"), 1U) << "at least one";
  EXPECT_EQ(cpus_of_quota(" 300000  100000 "), 3U);
}

TEST(WorkerCount, NoQuotaOrNoSenseIsNoLimit) {
  for (const std::string_view text :
       {"max 100000", "max", "", " ", "100000", "100000 0", "-1 100000", "1.5 1", "a b",
        "100000 max", "99999999999999999999 100000"}) {
    EXPECT_EQ(cpus_of_quota(text), std::nullopt) << text;
  }
}

TEST(WorkerCount, AnEnormousQuotaStaysWithinReason) {
  EXPECT_EQ(cpus_of_quota("18446744073709551615 1"), 4096U);
  EXPECT_EQ(cpus_of_quota("18446744073709551615 100000"), 4096U);
}

TEST(WorkerCount, ThereIsAlwaysOne) { EXPECT_GE(usable_cpus(), 1U); }

}  // namespace
}  // namespace ferroway::server
