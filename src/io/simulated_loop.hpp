// The loop of the simulated backend, and its listeners. Turned by its world.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "io/loop.hpp"
#include "io/simulated_world.hpp"

namespace ferroway::io {

struct in_simulated_retry;

// A socket whose operation is to be tried again in the loop's next turn.
class simulated_source : public tagged_node<in_simulated_retry> {
 public:
  virtual void proceed() noexcept = 0;

 protected:
  simulated_source() = default;
  ~simulated_source() = default;
};

class simulated_loop final : public loop {
 public:
  simulated_loop(simulated_world& world, const buffer_pool::settings& memory,
                 const ip_address& from);
  ~simulated_loop() override;

  std::string_view name() const noexcept override { return "simulated"; }
  // Steps the whole world, until `stop` or until nothing can happen any more.
  void run() override;
  void stop() noexcept override { stop_ = true; }
  // From the world's thread.
  void post(message work) override { posted_.push_back(std::move(work)); }
  result<std::unique_ptr<listener>> listen(const address& at,
                                           const listen_options& options) override;
  result<std::unique_ptr<listener>> adopt(descriptor, bool) override {
    return fail(fault::unsupported, side::local, "no kernel");
  }

  // For its world and its sockets.
  simulated_world& world() noexcept { return world_; }
  const ip_address& from() const noexcept { return from_; }
  bool has_work() noexcept;
  time_point next_timer() noexcept { return timers().next(); }
  void turn();
  void defer(simulated_source& source) noexcept {
    if (!source.linked()) deferred_.push_back(source);
  }

 private:
  bool begin(connect_operation& wanted) override;
  void abandon(connect_operation& wanted, const failure& why) noexcept override;

  simulated_world& world_;
  ip_address from_;
  list<simulated_source, in_simulated_retry> deferred_;
  std::vector<message> posted_;
  bool stop_ = false;
};

class simulated_listener final : public listener, private simulated_source {
 public:
  simulated_listener(simulated_loop& on, address at);
  ~simulated_listener() override;

  const address& bound() const noexcept override { return at_; }
  simulated_loop& on() noexcept { return loop_; }
  void arrive(std::unique_ptr<simulated_stream> accepted);

 private:
  bool begin(accept_operation& wanted) override;
  void abandon(accept_operation& wanted, const failure& why) noexcept override;
  void proceed() noexcept override;
  result<std::unique_ptr<stream>> take();

  simulated_loop& loop_;
  address at_;
  std::deque<std::unique_ptr<simulated_stream>> queue_;
  accept_operation* accept_ = nullptr;
};

}  // namespace ferroway::io
