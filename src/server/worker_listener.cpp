#include "server/worker_listener.hpp"

namespace ferroway::server {
namespace {

// A connection that has just become idle is not closed to make room: its next request may be on its
// way.
constexpr duration spared_for = std::chrono::seconds(1);

}  // namespace

void worker_listener::drain() {
  draining_ = true;
  list<http1_connection, in_listener> walked;
  walked.splice(connections_);
  while (!walked.empty()) {
    http1_connection& connection = walked.pop_front();
    connections_.push_back(connection);
    connection.drain();
  }
}

void worker_listener::abort() {
  list<http1_connection, in_listener> walked;
  walked.splice(connections_);
  while (!walked.empty()) {
    http1_connection& connection = walked.pop_front();
    connections_.push_back(connection);
    connection.abort();
  }
}

bool worker_listener::close_oldest_idle(time_point now) {
  if (idle_.empty() || now - idle_.front().idle_since() < spared_for) return false;
  idle_.front().close_idle();
  return true;
}

}  // namespace ferroway::server
