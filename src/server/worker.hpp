// One worker: a loop on its thread, its listening sockets and its connections. Shares nothing
// mutable with the others. All members belong to the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "exchange/exchange.hpp"
#include "io/background.hpp"
#include "io/descriptor.hpp"
#include "io/loop.hpp"
#include "server/snapshot.hpp"
#include "server/worker_listener.hpp"

namespace ferroway::server {

// A socket for a worker to accept on.
struct listening_socket {
  std::unique_ptr<io::listener> socket;
  std::size_t listener;  // of the snapshot
  // The address as the configuration has it. Shared by the sockets of all workers: who keeps a
  // weak_ptr to it learns when the last of them has closed.
  std::shared_ptr<const io::address> at;
};

// The same before a loop has it: it may travel between threads.
struct offered_socket {
  io::descriptor socket;
  bool shared;
  std::size_t listener;
  std::shared_ptr<const io::address> at;
};

// On the loop's thread, or before it runs. One that the loop cannot take is logged and left out.
std::vector<listening_socket> adopt(io::loop& loop, std::vector<offered_socket> sockets);

class worker {
 public:
  // All its choices follow from `seed`.
  worker(io::loop& loop, std::uint32_t index, std::shared_ptr<const snapshot> serving,
         std::uint64_t seed);
  ~worker();

  // Before or while the loop runs.
  void listen(listening_socket on);
  void listen(std::unique_ptr<io::listener> socket, std::size_t listener);

  // From now on exchanges begin on `next`. Listeners keep their connections by their name (or,
  // where that is new, by their address), sockets go to the listener that has their address now,
  // and `sockets` are the new ones. A socket whose address is nobody's any more closes when what
  // waits in its queue has been accepted; a listener that is gone drains, for as long as its
  // exchanges take. Does nothing while the worker drains.
  void swap(std::shared_ptr<const snapshot> next, std::vector<listening_socket> sockets);

  // Stops accepting (what waits in the queues is still served), lets exchanges end, tells clients
  // to close; `done` is called when the last connection is gone; after `timeout` those left are
  // torn down. What goes on beside the exchanges is cancelled with the last connection.
  void drain(duration timeout, std::move_only_function<void()> done);

  io::loop& loop() noexcept { return resources_.loop; }
  worker_resources& resources() noexcept { return resources_; }
  const snapshot& serving() const noexcept { return *serving_; }
  std::size_t connections() const noexcept { return connections_; }
  // The value of Date for this turn (RFC 9110, 5.6.7).
  std::string_view date();

 private:
  friend class http1_connection;
  struct accepting;
  using listeners = std::vector<std::unique_ptr<worker_listener>>;

  task<> accept_from(accepting& on);
  task<bool> wait_for_room(accepting& on);
  void stop_accepting(accepting& on);
  void no_longer_accepts(accepting& on);
  void connection_closed(worker_listener& on);
  listeners continue_listeners();
  void count_from_now(const worker_listener& on, telemetry::listener_stats* in);
  void let_go(std::unique_ptr<worker_listener> which);
  void forget_if_gone(worker_listener& which);
  void finish_if_empty();
  void warm_up();
  task<> end_drain(duration timeout, std::move_only_function<void()> done);

  io::background beside_;
  worker_resources resources_;
  generation_lease serving_;
  io::cancel_scope drain_scope_;
  listeners listeners_;  // by the snapshot's index
  listeners leaving_;    // no longer configured, and not yet without connections
  std::vector<std::unique_ptr<accepting>> accepting_;
  std::size_t connections_ = 0;
  bool draining_ = false;
  std::int64_t date_second_ = -1;
  char date_[29];
};

}  // namespace ferroway::server
