// The traps of a kernel that accepts ahead.
#include "io/uring_listener.hpp"

#include <sys/socket.h>

#include <vector>

#include "io/listen_socket.hpp"
#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

class uring_accepts : public uring_test {};

task<> accept_one(listener& at, cancel_scope& scope, std::unique_ptr<stream>& into) {
  result<std::unique_ptr<stream>> accepted = co_await at.accept(scope);
  CO_ASSERT_TRUE(accepted.has_value());
  into = std::move(*accepted);
}

// Clients of which the first is given to a waiting accept, and the others are accepted ahead.
task<> accept_ahead(rig& on, listener& at, std::vector<descriptor>& clients,
                    std::unique_ptr<stream>& first) {
  cancel_scope scope(on.on());
  companion accepting;
  accepting.start(accept_one(at, scope, first));
  // The accept is in the kernel.
  co_await some_turns(on);
  for (int i = 0; i < 4; ++i) clients.push_back(raw_client(at.bound()));
  co_await accepting.join();
}

task<> names_of_all(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  scope.expire_in(std::chrono::seconds(5));
  std::vector<descriptor> clients;
  std::vector<std::unique_ptr<stream>> accepted(1);
  co_await accept_ahead(on, *at, clients, accepted.front());
  while (accepted.size() < clients.size()) {
    accepted.emplace_back();
    co_await accept_one(*at, scope, accepted.back());
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    CO_ASSERT_TRUE(accepted[i] != nullptr);
    EXPECT_EQ(accepted[i]->peer(), local_address(clients[i].number())) << i;
  }
}

TEST_F(uring_accepts, each_connection_knows_its_own_peer) {
  rig on(backend::uring_ipv4);
  on.run(names_of_all(on));
}

task<> gone_before_taken(rig& on) {
  std::unique_ptr<listener> at = on.listen();
  cancel_scope scope(on.on());
  scope.expire_in(std::chrono::seconds(5));
  std::vector<descriptor> clients;
  std::unique_ptr<stream> first;
  std::unique_ptr<stream> next;
  co_await accept_ahead(on, *at, clients, first);
  reset(std::move(clients[1]));
  co_await accept_one(*at, scope, next);
  CO_ASSERT_TRUE(next != nullptr);
  EXPECT_EQ(next->peer(), local_address(clients[2].number()));
}

TEST_F(uring_accepts, one_that_is_gone_before_it_is_taken_is_not_given) {
  rig on(backend::uring_ipv4);
  on.run(gone_before_taken(on));
}

TEST_F(uring_accepts, a_listener_that_goes_after_its_loop_has_stopped_frees_its_port) {
  rig on(backend::uring_ipv4);
  const listen_options alone{.reuse_port = false};
  result<std::unique_ptr<listener>> at = on.on().listen(on.fresh_address(), alone);
  ASSERT_TRUE(at.has_value());
  const address bound = (*at)->bound();
  const descriptor client = raw_client(bound);
  std::unique_ptr<stream> accepted;
  cancel_scope scope(on.on());
  // The loop ends in the turn that has accepted: the kernel goes on accepting.
  on.run(accept_one(**at, scope, accepted));
  ASSERT_TRUE(accepted != nullptr);
  at->reset();
  accepted.reset();
  sockaddr_storage storage{};
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  const socklen_t length = bound.write(name);
  const descriptor late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_NE(::connect(late.number(), name, length), 0) << "somebody listens still";
  EXPECT_TRUE(on.on().listen(bound, alone).has_value());
}

}  // namespace
}  // namespace ferroway::io::test
