// One worker: a loop on its thread, its listening sockets and its connections. Shares nothing
// mutable with the others. All members but `post`ed calls belong to the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "exchange/exchange.hpp"
#include "io/loop.hpp"
#include "server/http1_connection.hpp"
#include "server/snapshot.hpp"

namespace ferroway::server {

class worker {
 public:
  // All its choices follow from `seed`.
  worker(io::loop& loop, std::uint32_t index, std::shared_ptr<const snapshot> serving,
         std::uint64_t seed);
  ~worker();

  // Accepts on `socket` for the snapshot's listener of that index. Before or while the loop runs.
  void listen(std::unique_ptr<io::listener> socket, std::size_t listener);

  // Stops accepting (what waits in the queues is still served), lets exchanges end, tells clients
  // to close; `done` is called when the last connection is gone; after `timeout` those left are
  // torn down.
  void drain(duration timeout, std::move_only_function<void()> done);

  io::loop& loop() noexcept { return resources_.loop; }
  worker_resources& resources() noexcept { return resources_; }
  const snapshot& serving() const noexcept { return *serving_; }
  bool draining() const noexcept { return draining_; }
  // The value of Date for this turn (RFC 9110, 5.6.7).
  std::string_view date();

 private:
  friend class http1_connection;
  struct listening;

  task<> accept_from(listening& on);
  void connection_closed(std::size_t listener);
  // Waits for a request: the first to go when room is needed.
  void add_idle(http1_connection& which) noexcept { idle_on_[which.listener()].push_back(which); }
  // False when no connection has been idle for long enough to be sure that no request is on its
  // way.
  bool close_oldest_idle(std::size_t listener);
  task<bool> wait_for_room(listening& on);
  void finish_if_empty();
  task<> end_drain(duration timeout, std::move_only_function<void()> done);

  worker_resources resources_;
  std::shared_ptr<const snapshot> serving_;
  io::cancel_scope drain_scope_;
  std::vector<std::unique_ptr<listening>> listening_;
  list<http1_connection, in_worker> connections_;
  std::vector<list<http1_connection, in_idle>> idle_on_;  // by listener, longest first
  std::vector<std::size_t> connections_on_;               // by listener
  std::size_t accepting_ = 0;                             // accept loops still running
  bool draining_ = false;
  std::int64_t date_second_ = -1;
  char date_[29];
};

}  // namespace ferroway::server
