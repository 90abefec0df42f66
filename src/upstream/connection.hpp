// One connection to an endpoint, as its pool and the exchanges that lease it see it. Belongs to one
// worker.
#pragma once

#include <memory>

#include "base/list.hpp"
#include "exchange/response.hpp"
#include "http/http1/body_reader.hpp"
#include "io/loop.hpp"

namespace ferroway::upstream {

class connection_pool;
struct in_pool;  // list tag

class connection final : public tagged_node<in_pool>, private io::peer_watcher {
 public:
  connection(io::loop& loop, connection_pool& home, std::unique_ptr<io::stream> stream)
      : stream_(std::move(stream)), body(loop, *stream_, input, side::upstream), home_(home) {}

  io::stream& stream() noexcept { return *stream_; }
  connection_pool& home() noexcept { return home_; }

 private:
  std::unique_ptr<io::stream> stream_;

 public:
  buffer input;                     // received and not looked at
  http1::body_reader body;          // of the answer under way
  tunnel upgraded;                  // after a 101
  duration answer_timeout{};        // from the request's last byte to the answer's head
  bool request_sent = false;        // to its last byte
  bool awaits_answer = false;       // the head of the final answer has not come
  bool answer_keeps_alive = false;  // what the answer's head said

  // Both messages are over, nothing surplus has come, and the peer keeps the connection.
  bool reusable() const noexcept {
    return request_sent && answer_keeps_alive && body.done() && input.empty();
  }

 private:
  friend class connection_pool;
  // While idle: bytes that nobody asked for, or the end; either way it will not be used again.
  void peer_did(event what) noexcept override;

  connection_pool& home_;
  time_point idle_since_{};
  time_point good_until_ = never;  // to be used again
};

// A connection in use by one exchange. Destroying it closes the connection.
using lease = std::unique_ptr<connection>;

}  // namespace ferroway::upstream
