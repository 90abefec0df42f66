// A listener as one worker serves it. It stays the same object, at the same place, through reloads,
// for as long as a snapshot names it or a connection of it is left; its connections read from it
// what applies to their next request. Belongs to its worker.
#pragma once

#include <cstddef>

#include "base/list.hpp"
#include "server/generation.hpp"
#include "server/http1_connection.hpp"

namespace ferroway::server {

class worker_listener {
 public:
  worker_listener(const generation_lease& of, std::size_t index) { serve(of, index); }

  // What the next request is served by: a generation, and the listener's place in its snapshot.
  const generation_lease& serving() const noexcept { return serving_; }
  std::size_t index() const noexcept { return index_; }
  const listener_settings& settings() const noexcept { return *settings_; }
  void serve(const generation_lease& of, std::size_t index) {
    serving_ = of;
    index_ = index;
    settings_ = &serving_->listeners[index];
  }

  // Clients are told to close: the worker drains, or the listener is no longer configured.
  bool draining() const noexcept { return draining_; }
  // Idle connections close now, busy ones after their answers.
  void drain();
  // What is left is torn down.
  void abort();

  void opened(http1_connection& which) noexcept {
    connections_.push_back(which);
    ++count_;
  }
  // After `which` has gone.
  void closed() noexcept { --count_; }
  std::size_t connections() const noexcept { return count_; }
  bool full() const noexcept {
    return settings_->connections_max && count_ >= *settings_->connections_max;
  }

  // It waits for a request: the first to go when room is needed.
  void add_idle(http1_connection& which) noexcept { idle_.push_back(which); }
  // False when no connection has been idle for long enough to be sure that no request is on its
  // way.
  bool close_oldest_idle(time_point now);

  std::size_t sockets = 0;  // accept loops that bring it connections

 private:
  generation_lease serving_;
  const listener_settings* settings_ = nullptr;
  std::size_t index_ = 0;
  list<http1_connection, in_listener> connections_;
  list<http1_connection, in_idle> idle_;  // longest first
  std::size_t count_ = 0;
  bool draining_ = false;
};

}  // namespace ferroway::server
