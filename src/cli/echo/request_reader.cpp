#include "cli/echo/request_reader.hpp"

#include "http/http1/head_reader.hpp"
#include "http/http1/parse.hpp"

namespace ferroway::echo {
namespace {

constexpr http1::head_limits limits;
constexpr duration body_idle_max = std::chrono::minutes(1);

}  // namespace

task<result<void>> request_reader::read_head(request& into, io::cancel_scope& scope) {
  http1::head_reader head(into.memory, limits, side::client);
  while (true) {
    if (!input_.empty()) {
      const result<bool> whole = head.take(input_);
      if (!whole) co_return fail(whole.error());
      if (*whole) break;
    }
    input_.release();
    result<buffer> received = co_await from_.receive(scope);
    if (!received) co_return fail(http1::blame(received.error(), side::client));
    if (received->empty()) co_return fail(fault::end_of_stream, side::client);
    input_ = std::move(*received);
  }
  co_return http1::parse_request_head(head.head(), limits, into.memory, into.head);
}

task<result<void>> request_reader::read_body(request& into, io::cancel_scope& scope) {
  body_.begin(into.head.body, {.idle_timeout = body_idle_max, .bytes_max = {}, .trailers = limits},
              into.memory);
  const result<buffer> ready = body_.take_ready();
  if (!ready) co_return fail(ready.error());
  into.take_body(ready->view());
  while (!body_.done()) {
    const result<buffer> more = co_await body_.read(scope);
    if (!more) co_return fail(more.error());
    into.take_body(more->view());
  }
  into.trailers = body_.trailers();
  co_return result<void>{};
}

}  // namespace ferroway::echo
