// What `retry` sends again, where to, and what it never does (promise 24 of the project).
#include "sim/failing_endpoints.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string nobody_watches = "    outlier_detection: off\n";

script answers(const std::string& status) {
  script all;
  for (int i = 0; i < 500; ++i) {
    all.push_back(await("\r\n\r\n"));
    all.push_back(say("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n"));
  }
  return all;
}

class retried : public failing_endpoints {
 protected:
  explicit retried(const std::string& how) : failing_endpoints(failing_yaml(nobody_watches, how)) {}
  std::uint64_t picks() const {
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < endpoints; ++i) all += stats(i)->totals().picks;
    return all;
  }
  std::uint64_t retries() const {
    return gateway.counted().known_upstream("service")->totals().retries;
  }
};

class by_default : public retried {
 protected:
  by_default() : retried("") {}
};

TEST_F(by_default, AnotherEndpointIsAskedWhenOneIsGone) {
  kill(0);
  EXPECT_EQ(failed_of(12), 0);
  EXPECT_GT(retries(), 0U);
}

TEST_F(by_default, StatusesAndSlowAnswersStand) {
  start(0, answers("503"));
  EXPECT_EQ(failed_of(12), 4);
  EXPECT_EQ(retries(), 0U);
}

class twice : public retried {
 protected:
  twice() : retried(", retry: {retries: 2, when: [connect, reset, 503], budget: 100%}") {}
};

TEST_F(twice, EachTimeAnotherEndpoint) {
  start(0, answers("503"));
  start(1, answers("503"));
  EXPECT_EQ(failed_of(9), 0) << "whoever is asked first, the third one answers";
}

TEST_F(twice, WhenAllFailTheLastAnswerStands) {
  for (std::size_t i = 0; i < endpoints; ++i) start(i, answers("503"));
  EXPECT_EQ(ask(), 503);
  EXPECT_EQ(picks(), 3U) << "each was asked once";
  EXPECT_EQ(answer.find("problem"), std::string::npos) << "an endpoint's own answer";
}

TEST_F(twice, OtherStatusesStand) {
  start(0, answers("502"));
  EXPECT_EQ(failed_of(12), 4);
}

// It may have been carried out.
TEST_F(twice, APostThatWasSentIsNotSentAgain) {
  start(0, answers("503"));
  start(1, {await("\r\n\r\n"), reset()});
  int failed = 0;
  for (int i = 0; i < 12; ++i) failed += ask("POST", "Content-Length: 2\r\n\r\nhi") == 200 ? 0 : 1;
  EXPECT_EQ(failed, 8);
  EXPECT_EQ(picks(), 12U);
}

// No byte of it went out.
TEST_F(twice, APostThatCouldNotBeSentGoesElsewhere) {
  kill(0);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(ask("POST", "Content-Length: 2\r\n\r\nhi"), 200);
}

class in_so_many_words : public retried {
 protected:
  in_so_many_words()
      : retried(", retry: {retries: 2, when: [reset, 503], budget: 100%, non_idempotent: true}") {}
};

TEST_F(in_so_many_words, APostIsSentAgain) {
  start(0, answers("503"));
  start(1, {await("\r\n\r\n"), reset()});
  for (int i = 0; i < 9; ++i) EXPECT_EQ(ask("POST", "Content-Length: 2\r\n\r\nhi"), 200);
}

class by_time : public retried {
 protected:
  by_time() : retried(", retry: {when: [timeout], per_try: 500ms, budget: 100%}") {}
};

TEST_F(by_time, AHungEndpointCostsOneTry) {
  start(0, {await("\r\n\r\n"), pause(seconds(60))});
  duration longest{};
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(ask(), 200);
    longest = std::max(longest, took);
  }
  EXPECT_EQ(longest, milliseconds(500));
}

TEST_F(by_time, WhenAllHangItIsOverAfterItsTries) {
  for (std::size_t i = 0; i < endpoints; ++i) start(i, {await("\r\n\r\n"), pause(seconds(60))});
  EXPECT_EQ(ask(), 504);
  EXPECT_EQ(took, milliseconds(1000));
}

TEST_F(by_time, APostIsNotSentTwice) {
  for (std::size_t i = 0; i < endpoints; ++i) start(i, {await("\r\n\r\n"), pause(seconds(60))});
  EXPECT_EQ(ask("POST", "Content-Length: 2\r\n\r\nhi"), 504);
  EXPECT_EQ(took, milliseconds(500));
  EXPECT_EQ(picks(), 1U);
}

class frugal : public retried {
 protected:
  frugal() : retried(", retry: {when: [connect, 503], budget: 10%}") {}
};

// All endpoints say 503: a tenth of the requests more, and the reserve, is all that they get.
TEST_F(frugal, RetriesDoNotMultiplyAnOutage) {
  for (std::size_t i = 0; i < endpoints; ++i) start(i, answers("503"));
  EXPECT_EQ(failed_of(400), 400);
  EXPECT_LE(retries(), 50U);
  EXPECT_GE(retries(), 45U);
}

class never : public retried {
 protected:
  never() : retried(", retry: {retries: 0}") {}
};

TEST_F(never, TheFirstFailureStands) {
  kill(0);
  EXPECT_EQ(failed_of(12), 4);
  EXPECT_EQ(picks(), 12U);
}

}  // namespace
}  // namespace ferroway::sim
