// Reads requests off a connection, one after the other. Owned by its connection.
#pragma once

#include "base/task.hpp"
#include "cli/echo/request.hpp"
#include "http/http1/body_reader.hpp"
#include "io/loop.hpp"

namespace ferroway::echo {

class request_reader {
 public:
  request_reader(io::loop& loop, io::stream& from) noexcept
      : from_(from), body_(loop, from, input_, side::client) {}

  // fault::end_of_stream between two requests is how a connection ends well.
  task<result<void>> read_head(request& into, io::cancel_scope& scope);
  task<result<void>> read_body(request& into, io::cancel_scope& scope);

  // Nothing that came behind the head is waiting: the client may be waiting for a 100.
  bool drained() const noexcept { return input_.empty(); }
  // What came behind the last request.
  buffer take_rest() { return std::move(input_); }

 private:
  io::stream& from_;
  buffer input_;  // received and not yet used
  http1::body_reader body_;
};

}  // namespace ferroway::echo
