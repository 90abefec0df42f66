// One end of a connection on which a scripted client or backend speaks HTTP/1.1.
#pragma once

#include <memory>
#include <string_view>

#include "base/task.hpp"
#include "http/http1/body_reader.hpp"
#include "http/http1/head_reader.hpp"
#include "io/loop.hpp"

namespace ferroway::sim {

class http_wire {
 public:
  static constexpr http1::head_limits limits{64 * 1024, 200, 8192};

  // `peer` is the side that this end hears.
  http_wire(io::loop& loop, std::unique_ptr<io::stream> stream, side peer)
      : loop_(loop), stream_(std::move(stream)), body_(loop, *stream_, input_, peer) {}

  // `text` stays until the end.
  task<bool> send(std::string_view text, io::cancel_scope& scope) {
    while (!text.empty()) {
      buffer piece = loop_.buffers().acquire();
      text.remove_prefix(piece.append(text));
      if (!co_await stream_->send(io::gather(std::move(piece)), scope)) co_return false;
    }
    co_return true;
  }

  // False when the connection ends before it. A failure from the peer's side: not a head.
  task<result<bool>> read_head(http1::head_reader& reader, io::cancel_scope& scope) {
    while (true) {
      if (!input_.empty()) {
        const result<bool> whole = reader.take(input_);
        if (!whole || *whole) co_return whole;
      }
      result<buffer> received = co_await stream_->receive(scope);
      if (!received || received->empty()) co_return false;
      input_ = std::move(*received);
    }
  }

  void begin_body(const http::framing& framing, arena& memory) {
    body_.begin(framing, {std::chrono::hours(1), std::nullopt, limits}, memory);
  }
  // The next piece, empty at the end. The reader sets deadlines of its own in `reading`.
  task<result<buffer>> read_body(io::cancel_scope& reading) { return body_.read(reading); }

  io::loop& loop() noexcept { return loop_; }
  io::stream& stream() noexcept { return *stream_; }

 private:
  io::loop& loop_;
  std::unique_ptr<io::stream> stream_;
  buffer input_;
  http1::body_reader body_;
};

}  // namespace ferroway::sim
