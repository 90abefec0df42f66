// What only a backend with a kernel beneath it can show.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <vector>

#include "io/backend.hpp"
#include "io/listen_socket.hpp"
#include "io/loop.hpp"
#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

TEST(epoll, runs_what_other_threads_post_in_their_order) {
  constexpr int posts = 10'000;
  rig on(backend::epoll_ipv4);
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

TEST(epoll, stops_when_another_thread_says_so) {
  rig on(backend::epoll_ipv4);
  const std::jthread other([&] { on.on().stop(); });
  on.on().run();
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

TEST(epoll, accepts_what_waited_once_there_are_descriptors_again) {
  rig on(backend::epoll_ipv4);
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

TEST(epoll, takes_a_full_queue_of_a_unix_socket_for_a_refusal) {
  rig on(backend::epoll_unix);
  on.run(connect_to_full_queue(on));
}

TEST(listen_socket, workers_share_a_port_and_another_process_is_noticed) {
  rig on(backend::epoll_ipv4);
  result<std::unique_ptr<listener>> first = on.on().listen(on.fresh_address(), {});
  ASSERT_TRUE(first.has_value());
  const address at = (*first)->bound();
  EXPECT_TRUE(on.on().listen(at, {}).has_value());
  const result<void> probed = probe_exclusive(at);
  ASSERT_FALSE(probed.has_value());
  EXPECT_EQ(probed.error().kind, fault::address_in_use);
  EXPECT_TRUE(probe_exclusive(on.fresh_address()).has_value());
  const result<std::unique_ptr<listener>> alone = on.on().listen(at, {.reuse_port = false});
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().kind, fault::address_in_use);
}

TEST(listen_socket, a_foreign_address_is_refused) {
  const result<void> probed = probe_exclusive(*address::parse("192.0.2.1:80"));
  ASSERT_FALSE(probed.has_value());
  EXPECT_EQ(probed.error().kind, fault::unreachable);
}

TEST(listen_socket, a_stale_socket_file_is_replaced_and_a_live_one_is_not) {
  rig on(backend::epoll_unix);
  const address at = on.fresh_address();
  {
    const auto first = on.on().listen(at, {.unix_mode = 0600});
    ASSERT_TRUE(first.has_value());
    const auto permissions = std::filesystem::status(at.path()).permissions();
    EXPECT_EQ(permissions, std::filesystem::perms(0600));
    const auto second = on.on().listen(at, {});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().kind, fault::address_in_use);
  }
  EXPECT_TRUE(std::filesystem::exists(at.path()));
  EXPECT_TRUE(on.on().listen(at, {}).has_value());
}

TEST(listen_socket, a_file_that_is_no_socket_is_left_alone) {
  char path[] = "/tmp/ferroway_file_XXXXXX";
  const descriptor file(::mkstemp(path));
  const auto bound = bind_shared_unix(address::of_path(path), 0666);
  ASSERT_FALSE(bound.has_value());
  EXPECT_EQ(bound.error().kind, fault::address_in_use);
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
}

task<> serve_from_both(rig& on) {
  const address at = on.fresh_address();
  result<descriptor> shared = bind_shared_unix(at, 0666);
  CO_ASSERT_TRUE(shared.has_value());
  const listen_options options{.shared_descriptor = shared->number()};
  auto one = on.on().listen(at, options);
  auto two = on.on().listen(at, options);
  CO_ASSERT_TRUE(one.has_value() && two.has_value());
  EXPECT_EQ((*one)->bound(), at);
  connected_pair through_two = co_await connect_pair(on, **two);
  EXPECT_TRUE(through_two.server != nullptr);
  // One going away leaves the other, and no event for it, behind.
  two->reset();
  connected_pair through_one = co_await connect_pair(on, **one);
  EXPECT_TRUE(through_one.server != nullptr);
}

TEST(listen_socket, a_unix_socket_is_shared_between_listeners) {
  rig on(backend::epoll_unix);
  on.run(serve_from_both(on));
}

}  // namespace
}  // namespace ferroway::io::test
