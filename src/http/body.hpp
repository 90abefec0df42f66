// A message's body, pulled by whoever sends it on: not pulling is the backpressure.
#pragma once

#include <optional>
#include <utility>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "http/fields.hpp"
#include "io/cancel_scope.hpp"

namespace ferroway::http {

// The rest of a body that has not arrived yet. Decoded: chunk framing is gone.
class body_source {
 public:
  virtual ~body_source() = default;

  // The next bytes, at least one; an empty buffer is the end of a complete body. A body that ends
  // short is a failure (fault::end_of_stream), never an end. After the end, or a failure, it is not
  // called again.
  virtual task<result<buffer>> read(io::cancel_scope& scope) = 0;

  // After the end: the trailer section (RFC 9110, 6.5), null if there was none.
  virtual const field_list* trailers() const noexcept { return nullptr; }
};

// What has arrived already, then what `rest` brings. Most small bodies arrive with their head and
// are all in `ready`: they cost no coroutine.
struct body {
  buffer ready;
  body_source* rest = nullptr;  // owned by the connection it comes from
  std::string_view text;        // instead of both: bytes that outlive the exchange's last send
  std::optional<std::uint64_t>
      length;  // in all, where known; a complete body without `rest` always knows it
};

}  // namespace ferroway::http
