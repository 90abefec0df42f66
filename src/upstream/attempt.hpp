// One try of a request on one connection: sends it, starts the upload of what has not arrived yet,
// and reads the answer's head, passing 1xx answers on. An answer that is kept hands the connection
// over to the exchange, which returns it to its pool when it settles; otherwise it is closed.
#pragma once

#include "exchange/exchange.hpp"
#include "upstream/connection_pool.hpp"
#include "upstream/replay_buffer.hpp"

namespace ferroway::upstream {

class attempt {
 public:
  // `kept`: where the body goes to be sent again; null: nowhere.
  attempt(exchange& ex, lease held, replay_buffer* kept) noexcept
      : ex_(ex),
        held_(std::move(held)),
        kept_(kept),
        sending_(ex.upload_scope),
        reading_(ex.download_scope) {}
  // A second one beside the first (hedge.hpp), under a scope of its own: its body is at hand, and
  // its interim answers are dropped.
  attempt(exchange& ex, lease held, io::cancel_scope& scope) noexcept
      : ex_(ex), held_(std::move(held)), kept_(nullptr), sending_(scope), reading_(scope) {}

  // That one's answer is this one's.
  void take_over(attempt& other) noexcept {
    held_ = std::move(other.held_);
    answer_begun_ = other.answer_begun_;
  }

  task<result<response>> run();

  // The answer is the one that the client gets: its connection is settled with the exchange.
  // Without this it is closed with the attempt, unless all of the answer has come.
  void keep() noexcept;

  // Before an answer is dropped: nothing of the request goes out any more.
  task<> stop_upload();

  // Whether any byte of an answer has come: then the request must not be sent again.
  bool answer_begun() const noexcept { return answer_begun_; }
  // Whether the client has had an interim answer of it.
  bool passed_on() const noexcept { return passed_on_; }

 private:
  void start_timer() {
    reading_.expire_in(held_->answer_timeout, side::upstream, "no answer in time");
  }
  io::gather request_bytes();
  task<result<http::response_head*>> read_final_head();
  result<response> take_answer(http::response_head& head);
  result<response> take_upgrade(http::response_head& head);
  task<result<response>> give_up(failure why);

  exchange& ex_;
  lease held_;
  replay_buffer* kept_;
  io::cancel_scope& sending_;
  io::cancel_scope& reading_;
  bool answer_begun_ = false;
  bool passed_on_ = false;
};

}  // namespace ferroway::upstream
