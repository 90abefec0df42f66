#include "http/bounded_body.hpp"

namespace ferroway::http {

task<result<buffer>> bounded_body::read(io::cancel_scope& scope) {
  result<buffer> bytes = co_await source_.read(scope);
  if (!bytes) co_return bytes;
  bytes_ += bytes->size();
  if (enforced_ && exceeded()) {
    co_return fail(fault::body_too_large, side::client, "the body is larger than allowed");
  }
  co_return bytes;
}

}  // namespace ferroway::http
