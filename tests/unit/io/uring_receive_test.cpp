// The traps of receives that stay armed and take whatever buffer there is.
#include <vector>

#include "io/uring_loop.hpp"
#include "unit/io/rig.hpp"

namespace ferroway::io::test {
namespace {

class uring_receives : public uring_test {};

struct crowd {
  std::vector<descriptor> clients;
  std::vector<std::unique_ptr<stream>> servers;
  std::size_t ended = 0;  // receivers of this round
};

task<> make_crowd(rig& on, listener& at, crowd& all, std::size_t count) {
  cancel_scope scope(on.on());
  while (all.servers.size() < count) {
    all.clients.push_back(raw_client(at.bound()));
    result<std::unique_ptr<stream>> accepted = co_await at.accept(scope);
    CO_ASSERT_TRUE(accepted.has_value());
    all.servers.push_back(std::move(*accepted));
  }
}

task<> expect_text(stream& from, std::string_view text, cancel_scope& scope, crowd& all) {
  const std::string got = co_await receive_bytes(from, text.size(), scope);
  EXPECT_TRUE(got == text) << got.size() << " bytes";
  ++all.ended;
}

// All receive `text` whose bytes are there in the same turn.
task<> receive_at_once(rig& on, std::size_t count, const std::string& text) {
  constexpr int rounds = 4;
  std::unique_ptr<listener> at = on.listen();
  crowd all;
  co_await make_crowd(on, *at, all, count);
  cancel_scope scope(on.on());
  for (int i = 0; i < rounds; ++i) {
    scope.expire_in(std::chrono::seconds(10));
    all.ended = 0;
    for (const auto& each : all.servers) spawn(expect_text(*each, text, scope, all));
    // They are in the kernel.
    co_await some_turns(on);
    for (const descriptor& each : all.clients) send_raw(each, text);
    const bool served = co_await wait_until(on, [&all, count] { return all.ended == count; });
    CO_ASSERT_TRUE(served);
  }
}

TEST_F(uring_receives, lose_nothing_when_the_completion_queue_overflows) {
  rig on(backend::uring_ipv4, {}, {.submissions = 8, .completions = 16});
  on.run(receive_at_once(on, 200, "x"));
}

TEST_F(uring_receives, that_find_no_buffer_are_served_and_have_more_provided) {
  constexpr std::size_t affordable = 300;  // a quarter of the pool
  rig on(backend::uring_unix, {.bytes_max = 4 * affordable * buffer_pool::small_bytes});
  auto& provided = static_cast<uring_loop&>(on.on()).small_buffers();
  const unsigned before = provided.level();
  on.run(receive_at_once(on, 100, std::string(5 * buffer_pool::small_bytes, 'x')));
  EXPECT_GT(provided.level(), before);
  EXPECT_LE(provided.level(), affordable);
}

// Nobody takes what comes: the kernel is told to stop, and goes on when it has been taken.
task<> stops_and_goes_on(rig& on) {
  constexpr int pieces = 60;
  constexpr std::size_t held_max = 8;  // some more may come before the kernel stops
  std::unique_ptr<listener> at = on.listen();
  crowd all;
  co_await make_crowd(on, *at, all, 1);
  stream& server = *all.servers.front();
  cancel_scope scope(on.on());
  scope.expire_in(std::chrono::seconds(10));
  for (int round = 0; round < 3; ++round) {
    send_raw(all.clients.front(), "first");
    co_await expect_text(server, "first", scope, all);
    std::string text;
    for (int i = 0; i < pieces; ++i) {
      const std::string piece(100 + static_cast<std::size_t>(i), static_cast<char>('A' + i));
      send_raw(all.clients.front(), piece);
      text += piece;
      co_await some_turns(on);
    }
    EXPECT_GT(on.on().buffers().bytes_lent(), 0U);
    EXPECT_LE(on.on().buffers().bytes_lent(), held_max * buffer_pool::small_bytes);
    co_await expect_text(server, text, scope, all);
  }
  send_raw(all.clients.front(), "last");
  co_await expect_text(server, "last", scope, all);
}

TEST_F(uring_receives, stop_where_nobody_takes_what_comes_and_lose_nothing) {
  rig on(backend::uring_ipv4);
  on.run(stops_and_goes_on(on));
}

// More than may wait comes in one turn, some of it after the kernel has been told to stop.
task<> takes_a_burst(rig& on) {
  const std::string burst = [] {
    std::string text;
    for (int i = 0; text.size() < 6 * buffer_pool::small_bytes; ++i) text += std::to_string(i);
    return text;
  }();
  std::unique_ptr<listener> at = on.listen();
  crowd all;
  co_await make_crowd(on, *at, all, 1);
  stream& server = *all.servers.front();
  cancel_scope scope(on.on());
  scope.expire_in(std::chrono::seconds(10));
  for (int round = 0; round < 3; ++round) {
    send_raw(all.clients.front(), "first");
    co_await expect_text(server, "first", scope, all);
    send_raw(all.clients.front(), burst);
    co_await some_turns(on);
    co_await expect_text(server, burst, scope, all);
  }
}

TEST_F(uring_receives, keep_what_comes_while_the_kernel_is_told_to_stop) {
  rig on(backend::uring_unix);
  on.run(takes_a_burst(on));
}

// A body that is in the socket before anybody asks for it, of a peer that has sent such before: a
// small buffer for its head, large ones for the rest.
task<> takes_long_ones_in_large_pieces(rig& on) {
  const std::string text(7 * buffer_pool::small_bytes, 'x');
  std::unique_ptr<listener> at = on.listen();
  crowd all;
  co_await make_crowd(on, *at, all, 1);
  stream& server = *all.servers.front();
  cancel_scope scope(on.on());
  scope.expire_in(std::chrono::seconds(10));
  // Fewer rounds than short receives that make a peer trusted again.
  for (int round = 0; round < 4; ++round) {
    send_raw(all.clients.front(), text);
    co_await some_turns(on);
    std::size_t received = 0;
    int pieces = 0;
    for (; received < text.size(); ++pieces) {
      result<buffer> piece = pieces == 0
                                 ? co_await server.receive_head(scope)
                                 : co_await server.receive(scope, {}, buffer_pool::large_bytes);
      CO_ASSERT_TRUE(piece.has_value());
      received += piece->size();
    }
    if (round > 0) EXPECT_EQ(pieces, 2);
  }
}

TEST_F(uring_receives, take_long_bodies_in_large_buffers) {
  rig on(backend::uring_unix);
  on.run(takes_long_ones_in_large_pieces(on));
}

}  // namespace
}  // namespace ferroway::io::test
