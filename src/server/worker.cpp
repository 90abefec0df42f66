#include "server/worker.hpp"

#include <algorithm>
#include <utility>

#include "base/spawn.hpp"
#include "server/http_date.hpp"
#include "server/listening_sockets.hpp"
#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

// How long accepting rests when descriptors are out or the listener's connections are at their
// limit.
constexpr duration pause = std::chrono::milliseconds(50);

// What may still be accepted on a socket that is to close: as many as its queue may hold.
constexpr std::size_t last_accepts_max = io::listen_options{}.backlog;

}  // namespace

std::vector<listening_socket> adopt(io::loop& loop, std::vector<offered_socket> sockets) {
  std::vector<listening_socket> taken;
  for (offered_socket& each : sockets) {
    result<std::unique_ptr<io::listener>> socket = loop.adopt(std::move(each.socket), each.shared);
    if (socket) {
      taken.push_back({std::move(*socket), each.listener, std::move(each.at)});
    } else {
      telemetry::log(telemetry::log_level::error, "a worker cannot listen",
                     {{"address", each.at->text()}, {"reason", to_string(socket.error().kind)}});
    }
  }
  return taken;
}

// An accept loop and its socket.
struct worker::accepting {
  accepting(io::loop& loop, listening_socket from, worker_listener& listener)
      : socket(std::move(from.socket)), at(std::move(from.at)), into(&listener), scope(loop) {}
  std::unique_ptr<io::listener> socket;
  std::shared_ptr<const io::address> at;
  worker_listener* into;  // whose connections they are
  io::cancel_scope scope;
  bool ending = false;  // what waits in the queue is still accepted
  bool last_turn = false;
  std::size_t last_accepts = 0;  // since `ending`
};

worker::worker(io::loop& loop, std::uint32_t index, std::shared_ptr<const snapshot> serving,
               std::uint64_t seed)
    : beside_(loop),
      resources_{loop, index, random_source(seed), &beside_},
      serving_(index, std::move(serving)),
      drain_scope_(loop) {
  for (std::size_t i = 0; i < serving_->listeners.size(); ++i) {
    listeners_.push_back(std::make_unique<worker_listener>(serving_, i));
  }
  // On the worker's own thread: a ring belongs to whoever first enters it.
  this->loop().post([this] { warm_up(); });
}

// Upstreams that are to have connections before the first request.
void worker::warm_up() {
  for (const auto& each : serving_->upstreams) each->warm_up(resources_);
}

worker::~worker() = default;

void worker::listen(listening_socket on) {
  worker_listener& into = *listeners_[on.listener];
  accepting_.push_back(std::make_unique<accepting>(loop(), std::move(on), into));
  ++into.sockets;
  spawn(accept_from(*accepting_.back()));
}

void worker::listen(std::unique_ptr<io::listener> socket, std::size_t listener) {
  auto at = std::make_shared<const io::address>(listeners_[listener]->settings().address);
  listen({std::move(socket), listener, std::move(at)});
}

task<> worker::accept_from(accepting& on) {
  while (true) {
    if (on.into->full() && !on.ending) {
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
    // There may be more in the queue of a socket that is to close.
    if (on.ending && ++on.last_accepts < last_accepts_max)
      on.scope.expire_in(io::timer_wheel::tick);
    auto connection = std::make_unique<http1_connection>(*this, *on.into, std::move(*accepted));
    on.into->opened(*connection);
    if (const auto& stats = on.into->settings().stats) stats->accepted(resources_.index);
    ++connections_;
    spawn(http1_connection::serve(std::move(connection)));
  }
  no_longer_accepts(on);
}

// The listener's connection that has been idle for longest makes room; where none is idle,
// accepting rests. False when it shall end.
task<bool> worker::wait_for_room(accepting& on) {
  const bool made = on.into->close_oldest_idle(loop().now());
  if (co_await loop().sleep_for(made ? io::timer_wheel::tick : pause, on.scope)) co_return true;
  if (!on.ending) co_return false;
  // What waits in the queue is accepted first, in one more turn.
  if (std::exchange(on.last_turn, true)) co_return false;
  on.scope.reset();
  on.scope.expire_in(io::timer_wheel::tick);
  co_return true;
}

// In one more turn, or more while there is something to accept: what has been queued by the kernel
// would be reset by closing.
void worker::stop_accepting(accepting& on) {
  if (std::exchange(on.ending, true)) return;
  on.scope.expire_in(io::timer_wheel::tick);
}

void worker::no_longer_accepts(accepting& on) {
  worker_listener& into = *on.into;
  --into.sockets;
  std::erase_if(accepting_, [&](const auto& each) { return each.get() == &on; });
  forget_if_gone(into);
  finish_if_empty();
}

void worker::swap(std::shared_ptr<const snapshot> next, std::vector<listening_socket> sockets) {
  if (draining_) return;
  // Until the end of this function: the listeners' settings are compared.
  const generation_lease before =
      std::exchange(serving_, generation_lease(resources_.index, std::move(next)));
  listeners gone = std::exchange(listeners_, continue_listeners());
  std::erase(gone, nullptr);
  for (const auto& on : accepting_) {
    if (on->ending) continue;
    auto heir = std::ranges::find_if(
        listeners_, [&](const auto& each) { return each->settings().address == *on->at; });
    const bool stays = heir != listeners_.end();
    if (!stays) {
      // What it takes until it is closed, one whose address overlaps could have been given.
      heir = std::ranges::find_if(
          listeners_, [&](const auto& each) { return overlap(each->settings().address, *on->at); });
    }
    if (heir != listeners_.end() && heir->get() != on->into) {
      --on->into->sockets;
      on->into = heir->get();
      ++on->into->sockets;
    }
    if (!stays) stop_accepting(*on);
  }
  for (listening_socket& each : sockets) listen(std::move(each));
  warm_up();
  for (auto& each : gone) let_go(std::move(each));
}

// The next snapshot's listeners; takes those that go on out of `listeners_`: first by their
// address, whatever it is called now, so that connections to an address that stays are kept; a name
// that has moved to a new address takes its connections along.
worker::listeners worker::continue_listeners() {
  listeners made(serving_->listeners.size());
  const auto take = [&](const auto& same) {
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (made[i]) continue;
      const auto found = std::ranges::find_if(listeners_, [&](const auto& each) {
        return each && same(each->settings(), serving_->listeners[i]);
      });
      if (found != listeners_.end()) made[i] = std::move(*found);
    }
  };
  take([](const auto& was, const auto& is) { return was.address == is.address; });
  take([](const auto& was, const auto& is) { return was.name == is.name; });
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (made[i]) {
      count_from_now(*made[i], serving_->listeners[i].stats.get());
      made[i]->serve(serving_, i);
    } else {
      made[i] = std::make_unique<worker_listener>(serving_, i);
    }
  }
  return made;
}

// Under a new name, its connections are open there.
void worker::count_from_now(const worker_listener& on, telemetry::listener_stats* in) {
  telemetry::listener_stats* was = on.settings().stats.get();
  if (was == nullptr || in == nullptr || was == in) return;
  was->gave(resources_.index, on.connections());
  in->got(resources_.index, on.connections());
}

// Its sockets are closing or have gone elsewhere.
void worker::let_go(std::unique_ptr<worker_listener> which) {
  worker_listener& gone = *which;
  leaving_.push_back(std::move(which));
  gone.drain();
  forget_if_gone(gone);
}

void worker::forget_if_gone(worker_listener& which) {
  if (which.connections() > 0 || which.sockets > 0) return;
  std::erase_if(leaving_, [&](const auto& each) { return each.get() == &which; });
}

void worker::drain(duration timeout, std::move_only_function<void()> done) {
  if (draining_) return;
  draining_ = true;
  for (const auto& on : accepting_) stop_accepting(*on);
  for (const listeners* all : {&listeners_, &leaving_}) {
    for (const auto& each : *all) each->drain();
  }
  spawn(end_drain(timeout, std::move(done)));
  finish_if_empty();
}

// Ends when the last connection has closed; after the timeout those that are left are torn down.
task<> worker::end_drain(duration timeout, std::move_only_function<void()> done) {
  if (co_await loop().sleep_for(timeout, drain_scope_)) {
    for (const listeners* all : {&listeners_, &leaving_}) {
      for (const auto& each : *all) each->abort();
    }
    co_await loop().sleep_until(never, drain_scope_);
  }
  done();
}

void worker::connection_closed(worker_listener& on) {
  if (const auto& stats = on.settings().stats) stats->closed(resources_.index);
  on.closed();
  --connections_;
  forget_if_gone(on);
  finish_if_empty();
}

void worker::finish_if_empty() {
  if (!draining_ || connections_ > 0 || !accepting_.empty()) return;
  beside_.stop([this] { finish_if_empty(); });
  if (beside_.running() > 0) return;
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
