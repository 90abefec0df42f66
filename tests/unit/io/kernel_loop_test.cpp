// What only a backend with a kernel beneath it can show.
#include "io/kernel_loop.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <vector>

#include "io/connect_socket.hpp"
#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

// Both kinds of kernel loop.
class kernel_loops : public testing::TestWithParam<backend> {};

TEST_P(kernel_loops, run_what_other_threads_post_in_its_order) {
  constexpr int posts = 10'000;
  rig on(GetParam());
  std::vector<int> seen;
  std::thread::id ran_on;
  {
    const std::jthread other([&] {
      for (int i = 0; i < posts; ++i) on.on().post([&seen, i] { seen.push_back(i); });
      on.on().post([&] {
        ran_on = std::this_thread::get_id();
        on.on().stop();
      });
    });
    on.on().run();
  }
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(posts));
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_P(kernel_loops, stop_when_another_thread_says_so) {
  rig on(GetParam());
  const std::jthread other([&] { on.on().stop(); });
  on.on().run();
}

task<> answer_after_a_failed_send(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  scope.expire_in(std::chrono::seconds(10));
  const descriptor peer = raw_client(at->bound());
  result<std::unique_ptr<stream>> accepted = co_await at->accept(scope);
  CO_ASSERT_TRUE(accepted.has_value());
  ::shutdown(peer.number(), SHUT_RD);
  stream& ours = **accepted;
  std::string got;
  const auto receive = [](stream& from, cancel_scope& under, std::string& into) -> task<> {
    into = co_await receive_bytes(from, 6, under);
  };
  spawn(receive(ours, scope, got));
  (void)co_await send_text(ours, "more", scope);
  result<void> flushed = co_await ours.flush(scope);
  EXPECT_FALSE(flushed.has_value());
  co_await some_turns(on);
  send_raw(peer, "answer");
  const bool received = co_await wait_until(on, [&got] { return got == "answer"; });
  EXPECT_TRUE(received);
  scope.cancel({fault::cancelled, side::local, false, ""});
  co_await some_turns(on);
}

// It takes no more of the request, which only unix sockets tell the sender; what it has to say
// about that is worth waiting for.
TEST(kernel_streams, hear_what_a_peer_says_that_takes_no_more) {
  for (const backend kind : {backend::epoll_unix, backend::uring_unix}) {
    if (!available(kind)) continue;
    rig on(kind);
    on.run(answer_after_a_failed_send(on));
  }
}

// No descriptor is left while this lives.
class no_descriptors {
 public:
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next_free = ::dup(0);
    ::close(next_free);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next_free);
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

 private:
  rlimit before_{};
};

task<> accept_without_descriptors(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  // UBSan needs descriptors to look at a type that it has not seen before: show it all of them.
  const connected_pair before = co_await connect_pair(on, *at);
  co_await some_turns(on);  // io_uring accepts no more ahead
  result<std::unique_ptr<stream>> client = co_await on.on().connect(at->bound(), scope);
  CO_ASSERT_TRUE(before.server != nullptr && client.has_value());
  {
    const no_descriptors left;
    for (int i = 0; i < 3; ++i) {
      result<std::unique_ptr<stream>> accepted = co_await at->accept(scope);
      CO_ASSERT_TRUE(!accepted.has_value());
      EXPECT_EQ(accepted.error().kind, fault::out_of_descriptors);
    }
    result<std::unique_ptr<stream>> another = co_await on.on().connect(at->bound(), scope);
    CO_ASSERT_TRUE(!another.has_value());
    EXPECT_EQ(another.error().kind, fault::out_of_descriptors);
  }
  // The one that waited is still there, though nothing new happened on the socket.
  scope.expire_in(std::chrono::seconds(5));
  result<std::unique_ptr<stream>> accepted = co_await at->accept(scope);
  EXPECT_TRUE(accepted.has_value());
}

TEST_P(kernel_loops, accept_what_waited_once_there_are_descriptors_again) {
  rig on(GetParam());
  on.run(accept_without_descriptors(on));
}

task<> connect_to_full_queue(rig& on) {
  std::unique_ptr<listener> at = on.listen(0);
  cancel_scope scope(on.on());
  result<std::unique_ptr<stream>> first = co_await on.on().connect(at->bound(), scope);
  EXPECT_TRUE(first.has_value());
  result<std::unique_ptr<stream>> second = co_await on.on().connect(at->bound(), scope);
  CO_ASSERT_TRUE(!second.has_value());
  EXPECT_EQ(second.error().kind, fault::refused);
}

TEST_P(kernel_loops, take_a_full_queue_of_a_unix_socket_for_a_refusal) {
  rig on(is_uring(GetParam()) ? backend::uring_unix : backend::epoll_unix);
  on.run(connect_to_full_queue(on));
}

TEST(connect_socket, tells_limits_of_ours_from_failing_peers) {
  EXPECT_EQ(fault_of_connect(EADDRNOTAVAIL), fault::out_of_descriptors) << "no local port is left";
  EXPECT_EQ(fault_of_connect(EMFILE), fault::out_of_descriptors);
  EXPECT_EQ(fault_of_connect(EHOSTUNREACH), fault::unreachable);
  EXPECT_EQ(fault_of_connect(ECONNREFUSED), fault::refused);
}

std::vector<backend> kernel_backends() {
  std::vector<backend> there{backend::epoll_ipv4};
  if (available(backend::uring_ipv4)) there.push_back(backend::uring_ipv4);
  return there;
}

INSTANTIATE_TEST_SUITE_P(both, kernel_loops, testing::ValuesIn(kernel_backends()),
                         [](const auto& each) { return to_string(each.param); });

}  // namespace
}  // namespace ferroway::io::test
