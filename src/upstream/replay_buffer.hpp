// What has been sent of a request's body, kept so that another try can send it again:
// `retry.buffer` of the route. Only for requests that may be sent twice, and only while all of what
// has come is within the limit: then it lets go of everything and stays out of the way.
//
// Lies in the exchange's memory (no destructor runs: `release` gives the buffers back, at the end
// at the latest) and outlives the upload; belongs to its worker. The buffers count as a body's:
// where the worker's memory is crowded nothing is kept.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/arena.hpp"
#include "base/buffer.hpp"

namespace ferroway::upstream {

class replay_buffer {
 public:
  replay_buffer(arena& memory, buffer_pool& pool, std::size_t bytes_max) noexcept
      : memory_(memory), pool_(pool), bytes_max_(bytes_max) {}

  // All that has come of the body is here.
  bool whole() const noexcept { return is_ != state::gone; }
  std::size_t bytes() const noexcept { return bytes_; }

  // A piece that goes out now. Beyond the limit, or without memory for it: all is let go.
  void keep(std::string_view piece);
  // Another try has been decided on: what still comes is kept whatever the limit is (a piece or
  // two, until the upload has stopped).
  void hold() noexcept {
    if (is_ == state::keeps) is_ = state::holds;
  }
  // The next try begins. `again`: some of the request has gone out before, and all of this is sent
  // first.
  void begin_try(bool again) noexcept {
    resends_ = again;
    if (is_ == state::holds) is_ = state::keeps;
  }
  bool resends() const noexcept { return resends_ && whole(); }
  // There will be no other try. What a try under way still sends again stays until it has gone out.
  void close() noexcept {
    if (is_ != state::gone) is_ = state::closed;
  }
  void release() noexcept;

  struct piece {
    buffer bytes;
    piece* next = nullptr;
  };
  // In their order, each with some bytes.
  const piece* first() const noexcept { return first_; }

 private:
  enum class state : unsigned char { keeps, holds, closed, gone };

  arena& memory_;
  buffer_pool& pool_;
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  piece* first_ = nullptr;
  piece* last_ = nullptr;
  state is_ = state::keeps;
  bool resends_ = false;
};

}  // namespace ferroway::upstream
