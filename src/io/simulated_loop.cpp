#include "io/simulated_loop.hpp"

#include <algorithm>
#include <cassert>

#include "io/simulated_stream.hpp"

namespace ferroway::io {

simulated_loop::simulated_loop(simulated_world& world, const buffer_pool::settings& memory,
                               const ip_address& from)
    : loop(world.now(), world.wall_now(), memory), world_(world), from_(from) {
  world_.loops_.push_back(this);
}

simulated_loop::~simulated_loop() { std::erase(world_.loops_, this); }

void simulated_loop::run() {
  while (!stop_ && world_.step()) {
  }
  stop_ = false;
}

bool simulated_loop::has_work() noexcept {
  return anything_ready() || !deferred_.empty() || !posted_.empty() || next_timer() <= world_.now();
}

void simulated_loop::turn() {
  ++turns_;
  now_ = world_.now();
  wall_now_ = world_.wall_now();
  list<simulated_source, in_simulated_retry> batch;
  batch.splice(deferred_);
  while (!batch.empty()) batch.pop_front().proceed();
  resume_ready();
  timers().advance(now_);
  for (message& work : std::exchange(posted_, {})) {
    renew_inline();
    work();
  }
  resume_ready();
}

result<std::unique_ptr<listener>> simulated_loop::listen(const address& at,
                                                         const listen_options& options) {
  address bound = at;
  if (at.is_ip() && at.port() == 0) {
    bound = address::of_ip(at.ip(), static_cast<std::uint16_t>(20000 + world_.next_port_++));
  }
  const bool shares = options.shared_descriptor >= 0 || (at.is_ip() && options.reuse_port);
  if (!shares && world_.listeners_.contains(bound.text())) {
    return fail(fault::address_in_use, side::local, "bind");
  }
  return std::make_unique<simulated_listener>(*this, std::move(bound));
}

bool simulated_loop::begin(connect_operation& wanted) {
  world_.begin_connect(*this, wanted);
  return false;
}

void simulated_loop::abandon(connect_operation& wanted, const failure& why) noexcept {
  world_.abandon_connect(wanted);
  wanted.complete(fail(why));
}

simulated_listener::simulated_listener(simulated_loop& on, address at)
    : loop_(on), at_(std::move(at)) {
  loop_.world().listeners_.emplace(at_.text(), this);
}

simulated_listener::~simulated_listener() {
  assert(accept_ == nullptr);
  std::erase_if(loop_.world().listeners_, [this](const auto& each) { return each.second == this; });
  // As the kernel does: what nobody accepted is reset.
  for (const auto& waiting : queue_) waiting->reset_on_close();
}

void simulated_listener::arrive(std::unique_ptr<simulated_stream> accepted) {
  queue_.push_back(std::move(accepted));
  proceed();
}

result<std::unique_ptr<stream>> simulated_listener::take() {
  simulated_world& world = loop_.world();
  if (world.random().chance(world.faults_of(at_).accept_fails)) {
    return fail(fault::out_of_descriptors, side::local, "accept");
  }
  std::unique_ptr<stream> first = std::move(queue_.front());
  queue_.pop_front();
  return first;
}

bool simulated_listener::begin(accept_operation& wanted) {
  assert(accept_ == nullptr);
  if (!queue_.empty() && loop_.spend_inline()) {
    wanted.set_outcome(take());
    return true;
  }
  accept_ = &wanted;
  if (!queue_.empty()) loop_.defer(*this);
  return false;
}

void simulated_listener::abandon(accept_operation& wanted, const failure& why) noexcept {
  accept_ = nullptr;
  wanted.complete(fail(why));
}

void simulated_listener::proceed() noexcept {
  if (accept_ == nullptr || queue_.empty()) return;
  std::exchange(accept_, nullptr)->complete(take());
}

}  // namespace ferroway::io
