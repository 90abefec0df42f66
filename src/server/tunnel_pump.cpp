#include "server/tunnel_pump.hpp"

#include <utility>

#include "exchange/route.hpp"
#include "http/http1/body_reader.hpp"

namespace ferroway::server {
namespace {

// One direction, and what it counts.
struct direction {
  io::stream& from;
  io::stream& to;
  side sender;
  side receiver;
  std::uint64_t& bytes;
  io::cancel_scope& scope;
};

void moved(exchange& ex) {
  ex.scope.expire_in(ex.matched->timeouts.tunnel, side::local, "the tunnel was idle");
}

task<result<void>> pump(exchange& ex, direction way, buffer ready) {
  while (true) {
    if (ready.empty()) {
      result<buffer> received = co_await way.from.receive(way.scope);
      if (!received) co_return fail(http1::blame(received.error(), way.sender));
      moved(ex);
      if (received->empty()) {
        way.to.shutdown_write();
        result<void> left = co_await way.to.flush(way.scope);
        if (!left) co_return fail(http1::blame(left.error(), way.receiver));
        co_return left;
      }
      ready = std::move(*received);
    }
    way.bytes += ready.size();
    result<void> sent = co_await way.to.send(io::gather(std::exchange(ready, {})), way.scope);
    if (!sent) co_return fail(http1::blame(sent.error(), way.receiver));
    moved(ex);
  }
}

// The other direction ends with this one's failure, and the exchange with the first.
task<> pump_beside(exchange& ex, direction way, buffer ready) {
  const result<void> ended = co_await pump(ex, way, std::move(ready));
  if (ended || ex.scope.cancelled()) co_return;
  ex.note_failure(ended.error());
  ex.download_scope.cancel(ended.error());
}

}  // namespace

task<result<void>> pump_tunnel(exchange& ex, tunnel& through, io::stream& client,
                               buffer from_client) {
  ex.download_scope.no_deadline();
  moved(ex);
  io::stream& upstream = *through.upstream;
  companion upward;
  upward.start(pump_beside(
      ex, {client, upstream, side::client, side::upstream, ex.bytes_received, ex.upload_scope},
      std::move(from_client)));
  const result<void> ended = co_await pump(
      ex, {upstream, client, side::upstream, side::client, ex.bytes_sent, ex.download_scope},
      std::move(through.ready));
  if (!ended) ex.upload_scope.cancel(ended.error());
  co_await upward.join();
  co_return ended;
}

}  // namespace ferroway::server
