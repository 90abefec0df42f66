// Gathers one head from a connection's input into the memory of its exchange. A head that arrives
// whole is copied once, to a block of its size; one that comes in pieces is kept in a block that
// grows, and the receive buffers go back to their pool: a client that stops in mid-head holds no
// buffer.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/arena.hpp"
#include "base/buffer.hpp"
#include "base/result.hpp"
#include "http/http1/head_scanner.hpp"
#include "http/http1/parse.hpp"

namespace ferroway::http1 {

class head_reader {
 public:
  head_reader(arena& memory, const head_limits& limits, side from) noexcept
      : memory_(memory), limits_(limits), from_(from), scanner_(from) {}

  // Takes what belongs to the head off the front of `input`. True when the head is complete: what
  // is left in `input` comes after it. False when more is needed (`input` is empty then). Failures:
  // malformed, head_too_large, target_too_long (client only).
  result<bool> take(buffer& input);

  // When complete: the head with its final empty line, in the exchange's memory.
  std::string_view head() const noexcept { return head_; }

 private:
  void hold(std::string_view more);
  result<void> check_limits() const;

  arena& memory_;
  const head_limits& limits_;
  side from_;
  head_scanner scanner_;
  char* block_ = nullptr;
  std::size_t held_ = 0;
  std::size_t capacity_ = 0;
  std::string_view head_;
};

}  // namespace ferroway::http1
