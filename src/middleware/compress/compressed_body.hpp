// A body on its way to the client in a content coding: pulled from the upstream as the client takes
// it, in bounded memory (a piece of the upstream's, a buffer of ours, the encoder).
//
// What the upstream had at hand goes out at once: each piece is flushed, so that no event waits for
// the next one. Pieces are cut at 64 KiB, and after each the loop's other work has its turn. A body
// that ends short stays without its end.
//
// Lies in the exchange's memory, which runs no destructors: whoever makes one ends it with
// `discard` when the exchange ends. One thread.
#pragma once

#include "exchange/exchange.hpp"
#include "http/body.hpp"
#include "middleware/compress/encoder_pool.hpp"

namespace ferroway {

class compressed_body final : public http::body_source {
 public:
  static constexpr std::size_t slice_bytes_max = std::size_t{64} << 10;

  // Takes the place of `body`, whose source outlives this.
  compressed_body(exchange& ex, encoder_loan by, http::body body) noexcept
      : ex_(ex), encoder_(std::move(by)), body_(std::move(body)), text_(body_.text) {}

  // The first of it, if anything has arrived already.
  result<buffer> take_ready();

  task<result<buffer>> read(io::cancel_scope& scope) override;
  // Without digests of what was compressed.
  const http::field_list* trailers() const noexcept override { return trailers_; }

  // Lets go of buffers and encoder.
  void discard() noexcept;

 private:
  bool anything_to_do() const noexcept { return !rest().empty() || flushing_ || ended_; }
  std::string_view rest() const noexcept {
    return body_.ready.empty() ? text_ : body_.ready.view();
  }
  void consume(std::size_t bytes) noexcept;
  result<buffer> compress();
  void end() noexcept;

  exchange& ex_;
  encoder_loan encoder_;
  http::body body_;
  std::string_view text_;  // what is left of it
  std::size_t slice_ = 0;  // bytes of `rest` that the step under way still has to take
  bool flushing_ = false;  // a step is under way
  bool ended_ = false;     // all of the body has come
  bool finished_ = false;  // and its end has gone out
  const http::field_list* trailers_ = nullptr;
};

// All of a body that is complete, in a buffer of its own; none where it would not get smaller.
result<buffer> compress_whole(exchange& ex, encoder& by, std::string_view bytes);

}  // namespace ferroway
