#include "server/worker.hpp"

#include <utility>

#include "base/spawn.hpp"
#include "server/http_date.hpp"
#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

// How long accepting rests when descriptors are out or the listener's connections are at their
// limit.
constexpr duration pause = std::chrono::milliseconds(50);

// A connection that has just become idle is not closed to make room: its next request may be on its
// way.
constexpr duration spared_for = std::chrono::seconds(1);

}  // namespace

struct worker::listening {
  listening(io::loop& loop, std::unique_ptr<io::listener> from, std::size_t at)
      : socket(std::move(from)), index(at), scope(loop) {}
  std::unique_ptr<io::listener> socket;
  std::size_t index;  // of the snapshot's listener
  io::cancel_scope scope;
  bool last_turn = false;  // of a drain
};

worker::worker(io::loop& loop, std::uint32_t index, std::shared_ptr<const snapshot> serving,
               std::uint64_t seed)
    : resources_{loop, index, random_source(seed)},
      serving_(std::move(serving)),
      drain_scope_(loop),
      idle_on_(serving_->listeners.size()),
      connections_on_(serving_->listeners.size()) {}

worker::~worker() {
  for (const auto& upstream : serving_->upstreams) upstream->leave(resources_.index);
}

void worker::listen(std::unique_ptr<io::listener> socket, std::size_t listener) {
  listening_.push_back(std::make_unique<listening>(loop(), std::move(socket), listener));
  ++accepting_;
  spawn(accept_from(*listening_.back()));
}

task<> worker::accept_from(listening& on) {
  const std::optional<std::size_t> most = serving_->listeners[on.index].connections_max;
  while (true) {
    if (most && connections_on_[on.index] >= *most && !draining_) {
      if (!co_await wait_for_room(on)) break;
      continue;
    }
    result<std::unique_ptr<io::stream>> accepted = co_await on.socket->accept(on.scope);
    if (!accepted) {
      if (on.scope.cancelled()) break;
      // A connection that was gone before we took it is nothing; anything else will not be better
      // at once.
      if (accepted.error().kind == fault::reset) continue;
      static telemetry::log_limiter limiter;
      if (const auto suppressed = limiter.admit(loop().now())) {
        telemetry::log(telemetry::log_level::warning, "cannot accept",
                       {{"reason", to_string(accepted.error().kind)}, {"suppressed", *suppressed}});
      }
      if (!co_await wait_for_room(on)) break;
      continue;
    }
    auto connection = std::make_unique<http1_connection>(*this, on.index, std::move(*accepted));
    connections_.push_back(*connection);
    ++connections_on_[on.index];
    spawn(http1_connection::serve(std::move(connection)));
  }
  on.socket.reset();
  --accepting_;
  finish_if_empty();
}

// The listener's connection that has been idle for longest makes room; where none is idle,
// accepting rests. False when it shall end.
task<bool> worker::wait_for_room(listening& on) {
  const duration rest = close_oldest_idle(on.index) ? io::timer_wheel::tick : pause;
  if (co_await loop().sleep_for(rest, on.scope)) co_return true;
  if (!draining_) co_return false;
  // A drain: what waits in the queue is accepted first, in one more turn.
  if (std::exchange(on.last_turn, true)) co_return false;
  on.scope.reset();
  on.scope.expire_in(io::timer_wheel::tick);
  co_return true;
}

bool worker::close_oldest_idle(std::size_t listener) {
  list<http1_connection, in_idle>& idle = idle_on_[listener];
  if (idle.empty() || loop().now() - idle.front().idle_since() < spared_for) return false;
  idle.front().close_idle();
  return true;
}

void worker::drain(duration timeout, std::move_only_function<void()> done) {
  if (draining_) return;
  draining_ = true;
  // One more turn: what has been queued by the kernel is accepted first, since closing would reset
  // it.
  for (const auto& on : listening_) on->scope.expire_in(io::timer_wheel::tick);
  list<http1_connection, in_worker> walked;
  walked.splice(connections_);
  while (!walked.empty()) {
    http1_connection& connection = walked.pop_front();
    connections_.push_back(connection);
    connection.drain();
  }
  spawn(end_drain(timeout, std::move(done)));
}

// Ends when the last connection has closed; after the timeout those that are left are torn down.
task<> worker::end_drain(duration timeout, std::move_only_function<void()> done) {
  if (co_await loop().sleep_for(timeout, drain_scope_)) {
    list<http1_connection, in_worker> walked;
    walked.splice(connections_);
    while (!walked.empty()) {
      http1_connection& connection = walked.pop_front();
      connections_.push_back(connection);
      connection.abort();
    }
    co_await loop().sleep_until(never, drain_scope_);
  }
  done();
}

void worker::connection_closed(std::size_t listener) {
  --connections_on_[listener];
  finish_if_empty();
}

void worker::finish_if_empty() {
  if (!draining_ || !connections_.empty() || accepting_ > 0) return;
  drain_scope_.cancel({fault::cancelled, side::local, false, "drained"});
}

std::string_view worker::date() {
  const auto second =
      std::chrono::duration_cast<std::chrono::seconds>(loop().wall_now().time_since_epoch())
          .count();
  if (second != date_second_) {
    date_second_ = second;
    write_http_date(date_, second);
  }
  return {date_, sizeof date_};
}

}  // namespace ferroway::server
