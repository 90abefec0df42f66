// Reads one body off a connection, framing taken off (RFC 9112, 6 and 7): the requests of a client
// and the answers of an upstream alike. `begin` starts it on each message.
#pragma once

#include <cstdint>
#include <optional>

#include "base/arena.hpp"
#include "http/body.hpp"
#include "http/http1/chunk_decoder.hpp"
#include "http/http1/head_reader.hpp"
#include "http/message.hpp"
#include "io/loop.hpp"

namespace ferroway::http1 {

// A stream's failure is local; here it is known whose stream it was.
inline failure blame(failure why, side whose) {
  if (why.from == side::local && why.kind != fault::cancelled && why.kind != fault::timed_out) {
    why.from = whose;
  }
  return why;
}

class body_reader final : public http::body_source {
 public:
  struct settings {
    duration idle_timeout;                   // without a byte: timed_out
    std::optional<std::uint64_t> bytes_max;  // more: body_too_large
    const head_limits& trailers;             // lives as long as the message
  };

  // `input` holds what was received behind the head, and what comes after the body.
  body_reader(io::loop& loop, io::stream& stream, buffer& input, side from) noexcept
      : loop_(loop), stream_(stream), input_(input), from_(from) {}

  // `memory` (for what chunked bodies need) must live as long as the message: afterwards only
  // done() may be asked.
  void begin(const http::framing& body, const settings& limits, arena& memory);

  // What has arrived already, decoded; empty if nothing or done. Failures: malformed,
  // body_too_large.
  result<buffer> take_ready();

  task<result<buffer>> read(io::cancel_scope& scope) override;
  const http::field_list* trailers() const noexcept override {
    return chunked_ == nullptr || chunked_->trailers.empty() ? nullptr : &chunked_->trailers;
  }

  // The whole body has been read: what is in `input` belongs to the next message.
  bool done() const noexcept { return done_; }
  // Bytes still to come where the head said so.
  std::optional<std::uint64_t> bytes_left() const noexcept;
  std::uint64_t bytes_read() const noexcept { return bytes_read_; }

 private:
  result<buffer> decode();
  buffer take_length();
  result<buffer> take_chunks();
  result<void> take_trailers();
  result<void> take_final_line_feed();
  std::size_t room_wanted() const noexcept;

  // What only chunked bodies need: in the message's memory, so that connections stay small.
  struct chunked_state {
    chunked_state(arena& message, const head_limits& limits, side from) noexcept
        : decoder(from), trailer_reader(message, limits, from) {}
    chunk_decoder decoder;
    bool in_trailers = false;
    bool trailer_cr = false;  // of the empty line that ends a body without trailers
    bool any_trailer = false;
    head_reader trailer_reader;
    http::field_list trailers;
  };

  io::loop& loop_;
  io::stream& stream_;
  buffer& input_;
  side from_;
  bool done_ = true;
  http::framing::kind is_ = http::framing::kind::none;
  std::uint64_t left_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_max_ = 0;
  duration idle_timeout_{};
  const head_limits* trailer_limits_ = nullptr;
  arena* memory_ = nullptr;
  chunked_state* chunked_ = nullptr;
};

}  // namespace ferroway::http1
