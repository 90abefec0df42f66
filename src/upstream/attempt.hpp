// One try of a request on one connection: sends it, starts the upload of what has not arrived yet,
// and reads the answer's head, passing 1xx answers on. An answer that is kept hands the connection
// over to the exchange, which returns it to its pool when it settles; otherwise it is closed.
#pragma once

#include "exchange/exchange.hpp"
#include "upstream/connection_pool.hpp"

namespace ferroway::upstream {

class attempt {
 public:
  attempt(exchange& ex, lease held) noexcept : ex_(ex), held_(std::move(held)) {}

  task<result<response>> run();

  // The answer is the one that the client gets: its connection is settled with the exchange.
  // Without this it is closed with the attempt, unless all of the answer has come.
  void keep() noexcept;

  // Whether any byte of an answer has come: then the request must not be sent again.
  bool answer_begun() const noexcept { return answer_begun_; }
  // Whether the client has had an interim answer of it.
  bool passed_on() const noexcept { return passed_on_; }

 private:
  io::gather request_bytes();
  task<result<http::response_head*>> read_final_head();
  result<response> take_answer(http::response_head& head);
  result<response> take_upgrade(http::response_head& head);
  task<result<response>> give_up(failure why);

  exchange& ex_;
  lease held_;
  bool answer_begun_ = false;
  bool passed_on_ = false;
};

}  // namespace ferroway::upstream
