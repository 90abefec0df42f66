// Sockets that listen: who shares them, and what stands in their way.
#include "io/listen_socket.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "io/loop.hpp"
#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

TEST(listen_socket, workers_share_a_port_and_another_process_is_noticed) {
  rig on(backend::epoll_ipv4);
  const auto first = on.on().listen(on.fresh_address(), {.first = true});
  ASSERT_TRUE(first.has_value());
  const address at = (*first)->bound();
  const auto second = on.on().listen(at, {});
  EXPECT_TRUE(second.has_value());
  const auto other = on.on().listen(at, {.first = true});
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, fault::address_in_use);
  const result<std::unique_ptr<listener>> alone = on.on().listen(at, {.reuse_port = false});
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().kind, fault::address_in_use);
}

TEST(listen_socket, a_foreign_address_is_refused) {
  rig on(backend::epoll_ipv4);
  const auto made = on.on().listen(*address::parse("192.0.2.1:80"), {.first = true});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, fault::unreachable);
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
