#include "upstream/connect.hpp"

#include <algorithm>

#include "http/http1/body_reader.hpp"
#include "io/connect_either.hpp"

namespace ferroway::upstream {

task<result<lease>> connect(exchange& ex, upstream& to, std::size_t index, duration within,
                            io::cancel_scope& scope) {
  io::cancel_scope connecting(scope);
  worker_part& mine = to.part(ex.worker);
  connecting.expire_in(std::min(to.connect_timeout(), within), side::upstream,
                       "connecting took too long");
  const endpoint& at = to.at(index);
  result<std::unique_ptr<io::stream>> made =
      co_await io::connect_either(ex.worker.loop, at.address, at.other, connecting);
  if (!made) {
    failure why = http1::blame(made.error(), side::upstream);
    if (why.kind == fault::timed_out && !ex.scope.cancelled()) why.from = side::upstream;
    why.retry_safe = true;
    mine.counted.connect_failed.add();
    co_return fail(why);
  }
  mine.counted.connected.add();
  co_return mine.pool(index).adopt(std::move(*made));
}

}  // namespace ferroway::upstream
