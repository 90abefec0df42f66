// One request and its response, with everything that lives as long as they do.
//
// Made by a connection when the first byte of a request has arrived, on the frame of the coroutine
// that serves it; belongs to one worker; outlives the last byte, so nothing that points into it
// dangles. Every protocol (HTTP/1 now, HTTP/2 and 3 later) makes exchanges and gives them to
// run_exchange (server/run_exchange.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "base/random.hpp"
#include "base/spawn.hpp"
#include "exchange/identity.hpp"
#include "exchange/response.hpp"
#include "http/message.hpp"
#include "io/background.hpp"
#include "io/loop.hpp"

namespace ferroway {

struct route;
class exchange;
class identity_headers;

// The client's side of an exchange, as its protocol provides it.
class exchange_stream {
 public:
  // Passes on a 1xx answer (RFC 9110, 15.2); does nothing where the client's protocol has none
  // (HTTP/1.0).
  virtual task<result<void>> interim(exchange& ex, const http::response_head& head) = 0;
  // Sends the final answer to its last byte, or says why the client has not got it whole.
  virtual task<result<void>> write(exchange& ex, response& reply) = 0;

 protected:
  ~exchange_stream() = default;
};

// In explain and test: stands in for the endpoints of upstreams and for services that middlewares
// ask, so that nothing leaves the process.
class stand_in {
 public:
  // The exchange's request is as it would be sent to ex.endpoint.
  virtual result<response> answer(exchange& ex) = 0;
  // What the service would say that the middleware of that name asks; its head and `body.text`.
  virtual result<response> ask(exchange& ex, std::string_view middleware) = 0;

 protected:
  ~stand_in() = default;
};

// What a step decided and why, for explain, test and the debug header. Recorded only when somebody
// asks.
struct decision {
  std::string step;     // "route", "request_id", "forward"
  std::string verdict;  // "matched", "passed", "endpoint 10.0.0.1:8000"
  std::string reason;
};

// What a worker gives its exchanges.
struct worker_resources {
  io::loop& loop;
  std::uint32_t index;  // of the worker: upstreams keep a part for each
  random_source random;
  io::background* beside = nullptr;  // what may outlive an exchange; null: nothing may
};

// A variable that a pattern captured ("path.id", "host.tenant"), and the piece of the request that
// it stands for.
struct capture {
  std::string_view name;
  std::string_view value;
};

class exchange {
 public:
  exchange(worker_resources& worker, io::cancel_scope& connection);
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  worker_resources& worker;
  arena memory;  // first in, last out: everything below may point into it

  // The request as it was received, its fields as middlewares have edited them.
  http::request_head request;
  http::body request_body;
  io::ip_address client;              // the peer, or what a trusted proxy says
  std::string_view client_text;       // the same as text; empty where the peer has no address
  const io::address* peer = nullptr;  // the socket's other end
  std::string_view listener;
  exchange_stream* stream = nullptr;             // set before the pipeline runs
  stand_in* rehearsed_by = nullptr;              // null where this is no rehearsal
  const identity_headers* identities = nullptr;  // that the client may not send; null: none

  // The route, and what its pattern captured.
  const route* matched = nullptr;
  std::span<const capture> captures;
  std::string_view allow;          // for 405: the methods that the path takes
  std::optional<failure> refusal;  // why no route may serve it: malformed, 404, 405

  // Cancels: all of it; the body on its way to the upstream; the answer on its way to the client.
  io::cancel_scope scope;
  io::cancel_scope upload_scope;
  io::cancel_scope download_scope;
  companion upload;  // started by forward, joined by settle

  identity who;  // who asks, once a middleware has found out

  // Facts for the access log and the error page.
  time_point started;
  wall_time started_wall;
  std::uint16_t status = 0;          // of the answer that was sent; 0 while there is none
  std::uint64_t bytes_received = 0;  // of the request's body
  std::uint64_t bytes_sent = 0;      // of the answer's body
  bool answered_whole = false;       // the last byte of the answer is out; known at the end
  std::string_view upstream;         // its name, once one was chosen
  std::string_view endpoint;         // its address, once one was tried
  std::string_view rejected_by;      // the middleware that refused it
  std::string_view would_reject;     // those that would have, but for shadow mode: "a, b"
  std::optional<failure> failed;     // the first thing that went wrong

  // The id that the answer, the log and the upstream share. Made when first asked for (UUIDv7, RFC
  // 9562).
  std::string_view request_id();
  void set_request_id(std::string_view id) { request_id_ = id; }

  // `run` is called with `with` when the last byte is out or lost, last registered first. Must not
  // suspend.
  void at_end(void (*run)(exchange&, void* with) noexcept, void* with);
  // The same, behind all those: lets go of what facts and fields point into.
  void at_last(void (*run)(exchange&, void* with) noexcept, void* with);
  void run_end_actions() noexcept;

  // `edit` is called with `with` when the answer is on its way out, behind the edits of those that
  // stand further in: for a middleware that only edits the answer's head, which needs no coroutine
  // then. A failure is an answer by that time; where nobody is left to answer it is not called.
  using head_edit = void (*)(exchange&, http::response_head&, const void* with);
  void at_answer(head_edit edit, const void* with);
  // What was asked for so far.
  const void* answer_mark() const noexcept { return last_edit_; }
  // Runs those that were asked for since `mark`, the last first. (pipeline.hpp)
  void edit_answer(result<response>& reply, const void* mark) {
    if (last_edit_ != mark) run_edits(reply, mark);
  }

  // Null unless somebody asked for the record.
  std::vector<decision>* decisions = nullptr;
  void record(std::string_view step, std::string_view verdict, std::string_view reason = {}) {
    if (decisions != nullptr) [[unlikely]]
      add_decision(step, verdict, reason);
  }

  void note_failure(const failure& why) {
    if (!failed) failed = why;
  }

 private:
  struct end_action {
    void (*run)(exchange&, void* with) noexcept;
    void* with;
    end_action* before;
  };
  struct answer_edit {
    head_edit edit;
    const void* with;
    const answer_edit* before;
  };
  void run_edits(result<response>& reply, const void* mark);
  void add_decision(std::string_view step, std::string_view verdict, std::string_view reason);

  std::string_view request_id_;
  static void run_all(exchange& ex, end_action*& from) noexcept;
  end_action* last_action_ = nullptr;
  end_action* very_last_action_ = nullptr;
  const answer_edit* last_edit_ = nullptr;
};

}  // namespace ferroway
