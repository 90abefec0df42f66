// The same exchanges on the simulated backend and on those that talk to the kernel: clients, the
// whole gateway and a backend on one loop. What each side saw must be the same wherever it does not
// depend on when what arrived.
//
// Alone: sim_gateway --gtest_filter='Seeds/backends.SeeTheSame/io_uring_17'
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <stdexcept>
#include <tuple>

#include "base/random.hpp"
#include "base/spawn.hpp"
#include "io/backend.hpp"
#include "io/descriptor.hpp"
#include "io/simulated_world.hpp"
#include "server/worker.hpp"
#include "sim/planned_backend.hpp"
#include "sim/planned_client.hpp"
#include "sim/quiet_snapshot.hpp"

namespace ferroway::sim {
namespace {

const io::address any_port = *io::address::parse("127.0.0.1:0");

// Each client has an upstream to itself, so that it alone decides which connections are in its
// pool.
std::string yaml_for(std::size_t clients, const io::address& backend) {
  std::string upstreams;
  std::string routes;
  for (std::size_t i = 0; i < clients; ++i) {
    upstreams += fmt::format("  s{}: {{endpoints: [http://{}]}}\n", i, backend.text());
    routes += fmt::format("  - {{path: /c{}, to: s{}}}\n", i, i);
  }
  return fmt::format(
      "listen: 127.0.0.1:80\nuse: [request_id, access_log]\nadmin: off\n"
      "upstreams:\n{}routes:\n{}",
      upstreams, routes);
}

// Accepted sockets inherit the sizes of their listener's buffers: few bytes fill a connection.
class bound_socket {
 public:
  explicit bound_socket(int buffer_bytes)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_storage storage{};
    auto* name = reinterpret_cast<sockaddr*>(&storage);
    const socklen_t length = any_port.write(name);
    const int number = socket_.number();
    (void)::setsockopt(number, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    (void)::setsockopt(number, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    if (::bind(number, name, length) != 0) throw std::runtime_error("cannot bind");
    options_.shared_descriptor = number;
  }
  const io::listen_options& options() const { return options_; }

 private:
  io::descriptor socket_;
  io::listen_options options_;
};

// One plan on one loop.
class planned_run {
 public:
  planned_run(io::loop& loop, const std::vector<client_plan>& plans, std::uint64_t seed,
              const io::listen_options& for_gateway, const io::listen_options& for_backend)
      : loop_(loop),
        plans_(plans),
        backend_(loop, any_port, for_backend, plans, seen),
        serving_(yaml_for(plans.size(), backend_.bound()), 1),
        worker_(std::make_unique<server::worker>(loop, 0, serving_.get(), seed)),
        scope_(loop) {
    auto socket = loop.listen(any_port, for_gateway);
    if (!socket) throw std::runtime_error("the gateway cannot listen");
    gateway_ = (*socket)->bound();
    worker_->listen(std::move(*socket), 0);
    scope_.expire_in(patience);
  }

  // Until all clients have done, the gateway has drained and the backend has stopped.
  void run() {
    running_ = plans_.size();
    for (std::size_t i = 0; i < plans_.size(); ++i) spawn(run_client(i));
    loop_.run();
    EXPECT_EQ(running_, 0U);
    EXPECT_FALSE(scope_.cancelled()) << "a client still waited";
    worker_.reset();
    EXPECT_EQ(loop_.buffers().bytes_lent(), 0U);
  }

  seen_by_token seen;

 private:
  static constexpr duration patience = std::chrono::minutes(1);

  task<> run_client(std::size_t client) {
    co_await run_planned_client(loop_, gateway_, plans_[client], client, seen, scope_);
    if (--running_ > 0) co_return;
    worker_->drain(patience, [this] { backend_.stop([this] { loop_.stop(); }); });
  }

  io::loop& loop_;
  const std::vector<client_plan>& plans_;
  planned_backend backend_;
  quiet_snapshot serving_;
  std::unique_ptr<server::worker> worker_;
  io::address gateway_;
  io::cancel_scope scope_;
  std::size_t running_ = 0;
};

seen_by_token run_simulated(const std::vector<client_plan>& plans, std::uint64_t seed) {
  random_source random(seed ^ 0x5eed);
  io::simulated_settings settings;
  settings.seed = seed;
  settings.window_bytes = std::size_t{4096} << random.below(6);
  settings.delay_max = std::chrono::microseconds(random.below(2000));
  settings.split_percent = static_cast<unsigned>(random.below(80));
  io::simulated_world world(settings);
  const std::unique_ptr<io::loop> loop = world.make_loop({}, any_port.ip());
  seen_by_token seen;
  {
    planned_run run(*loop, plans, seed, {}, {});
    run.run();
    seen = std::move(run.seen);
  }
  world.run_for(std::chrono::minutes(1));
  EXPECT_EQ(world.open_streams(), 0U);
  return seen;
}

seen_by_token run_on(io::backend which, const std::vector<client_plan>& plans, std::uint64_t seed) {
  random_source random(seed ^ 0x50c3);
  const bound_socket for_gateway(64 * 1024 << random.below(3));
  const bound_socket for_backend(64 * 1024 << random.below(3));
  result<std::unique_ptr<io::loop>> loop = io::make_loop(which);
  if (!loop) throw std::runtime_error("cannot make a loop");
  planned_run run(**loop, plans, seed, for_gateway.options(), for_backend.options());
  run.run();
  return std::move(run.seen);
}

std::string text_of(const seen_message& item) {
  return fmt::format("{}\n{}{} bytes, {}, {}\n", item.start, item.fields, item.body_bytes,
                     item.right ? "right" : "wrong", item.whole ? "whole" : "cut off");
}

std::string head_of(const seen_message& item) { return item.start + '\n' + item.fields; }

// What must be the same wherever the plan is carried out.
std::string settled_part(const planned_exchange& plan, const seen_exchange& seen) {
  // The gateway resets the backend's connection: that may overtake the request's head.
  if (plan.goes == conduct::client_gives_up) return text_of(seen.answer);
  if (seen.requests.empty()) return "the backend was not asked";
  const seen_message& request = seen.requests.front();
  switch (plan.goes) {
    case conduct::plain: {
      std::string all = seen.interims + text_of(seen.answer);
      for (const seen_message& item : seen.requests) all += text_of(item);
      return all;
    }
    case conduct::backend_resets:
    case conduct::backend_hangs_up:
      // How often it was tried depends on whether the body had come with the head.
      return text_of(seen.answer) + text_of(request);
    case conduct::backend_cuts:
      // How much of it arrives is up to the gateway, which cuts the client off.
      return seen.interims + head_of(seen.answer) + text_of(request);
    case conduct::backend_is_early:
      // How much of its body gets through is a race with the answer.
      return seen.interims + text_of(seen.answer) + head_of(request);
    case conduct::backend_tears:
    case conduct::client_leaves:
      // A reset overtakes what was sent before it, here or there.
      return text_of(request);
    case conduct::backend_runs_early:
      // The request's body meets a closed socket: another reset.
      return head_of(request);
    case conduct::client_gives_up:
      break;
  }
  return "";
}

// What must hold on every backend by itself.
void check_rules(const planned_exchange& plan, const seen_exchange& seen) {
  const std::string status = fmt::to_string(plan.status);
  EXPECT_TRUE(seen.answer.right);
  for (const seen_message& item : seen.requests) EXPECT_TRUE(item.right);
  EXPECT_LE(seen.requests.size(), plan.method == "POST" ? 1U : 2U);
  switch (plan.goes) {
    case conduct::plain:
    case conduct::backend_is_early:
      EXPECT_EQ(seen.answer.start, status);
      EXPECT_TRUE(seen.answer.whole);
      break;
    case conduct::backend_resets:
    case conduct::backend_hangs_up:
      EXPECT_EQ(seen.answer.start, "502");
      EXPECT_TRUE(seen.answer.whole);
      break;
    case conduct::backend_cuts:
      EXPECT_EQ(seen.answer.start, status);
      EXPECT_FALSE(seen.answer.whole) << "a short answer looks complete";
      break;
    case conduct::backend_tears:
      EXPECT_FALSE(seen.answer.start == status && seen.answer.whole)
          << "a short answer looks complete";
      break;
    case conduct::client_gives_up:
      for (const seen_message& item : seen.requests) EXPECT_FALSE(item.whole);
      break;
    case conduct::backend_runs_early:
    case conduct::client_leaves:
      break;
  }
}

class backends : public testing::TestWithParam<std::tuple<io::backend, int>> {};

TEST_P(backends, SeeTheSame) {
  const io::backend which = std::get<0>(GetParam());
  const auto seed = static_cast<std::uint64_t>(std::get<1>(GetParam()));
  if (const auto usable = io::choose_backend(which); !usable) GTEST_SKIP() << usable.error();
  const std::vector<client_plan> plans = plan_of(seed);
  seen_by_token simulated = run_simulated(plans, seed);
  seen_by_token real = run_on(which, plans, seed);
  for (std::size_t client = 0; client < plans.size(); ++client) {
    for (const planned_exchange& plan : plans[client]) {
      SCOPED_TRACE(fmt::format("seed {}, client {}, exchange {}: {}", seed, client, plan.token,
                               to_string(plan.goes)));
      EXPECT_EQ(settled_part(plan, real[plan.token]), settled_part(plan, simulated[plan.token]));
      check_rules(plan, simulated[plan.token]);
      check_rules(plan, real[plan.token]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, backends,
                         testing::Combine(testing::Values(io::backend::epoll,
                                                          io::backend::io_uring),
                                          testing::Range(1, 61)),
                         [](const auto& info) {
                           return fmt::format("{}_{}", io::to_string(std::get<0>(info.param)),
                                              std::get<1>(info.param));
                         });

}  // namespace
}  // namespace ferroway::sim
