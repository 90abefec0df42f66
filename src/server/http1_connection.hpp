// A client's HTTP/1 connection: exchanges one after the other until either side ends it. Owns its
// stream and itself (serve() deletes it at the end); belongs to one worker. While idle it holds no
// exchange and no buffer.
#pragma once

#include <memory>

#include "exchange/exchange.hpp"
#include "http/http1/body_reader.hpp"
#include "server/http1_answer.hpp"
#include "server/snapshot.hpp"

namespace ferroway::server {

class worker;
class worker_listener;
struct in_listener;  // list tags
struct in_idle;

class http1_connection final : public tagged_node<in_listener>,
                               public tagged_node<in_idle>,
                               private exchange_stream,
                               private io::peer_watcher {
 public:
  http1_connection(worker& home, worker_listener& listener, std::unique_ptr<io::stream> stream);
  ~http1_connection();

  // Serves the connection to its end. The worker spawns it.
  static task<> serve(std::unique_ptr<http1_connection> self);

  // The listener drains: an idle connection closes now, a busy one after its answer.
  void drain();
  // Room is needed: ends a connection that waits for a request, nothing else.
  void close_idle();
  time_point idle_since() const noexcept { return idle_since_; }
  // The drain timeout has passed.
  void abort();

 private:
  struct request_in_service;

  // Up to the first byte of a request.
  bool expects_request();
  bool must_wait();
  bool take_first(result<buffer> received);
  bool begin_request();
  // Never inlined: the compiler would make the exchange a part of serve()'s frame, and every idle
  // connection would pay for it.
  [[gnu::noinline]] task<bool> serve_exchange();
  result<void> take_head(exchange& ex, http1::head_reader& reader);
  task<result<void>> read_rest_of_head(exchange& ex, http1::head_reader& reader);
  void skip_empty_lines() noexcept;
  result<void> begin_body(exchange& ex);
  task<result<void>> interim(exchange& ex, const http::response_head& head) override;
  task<result<void>> write(exchange& ex, response& reply) override;
  task<bool> finish_request();
  task<bool> read_rest_of_body();
  task<> linger();
  bool body_will_be_read(const exchange& ex) const;
  void peer_did(event what) noexcept override;

  worker& home_;
  worker_listener& listener_;
  std::unique_ptr<io::stream> stream_;
  buffer input_;            // received and not looked at
  io::cancel_scope scope_;  // all that this connection waits for
  request_in_service* request_ = nullptr;
  time_point idle_since_{};
  bool busy_ : 1 = false;  // from a request's first byte to the end of what follows its answer
  bool keep_alive_ : 1 = true;
  bool head_refused_ : 1 = false;  // where the request ends is not known
  bool aborted_ : 1 = false;
  bool served_any_ : 1 = false;
};

// What every idle client costs, beside its stream and a frame.
static_assert(sizeof(http1_connection) <= 248);

}  // namespace ferroway::server
