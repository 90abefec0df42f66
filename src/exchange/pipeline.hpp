// A route's middlewares in order, and the handler that ends them. Built once per route, shared by
// all workers, immutable; the state of a middleware is its own affair (and must bear several
// threads).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "exchange/exchange.hpp"
#include "exchange/response.hpp"

namespace ferroway::telemetry {
class metrics;
}  // namespace ferroway::telemetry

namespace ferroway {

class pipeline;

// An answer to be awaited. Its head has by then the edits of everybody behind who asked for them
// with exchange::at_answer.
class edited_answer {
 public:
  edited_answer(exchange& ex, const void* mark, task<result<response>> pending) noexcept
      : ex_(&ex), mark_(mark), pending_(std::move(pending)) {}

  auto operator co_await() && noexcept {
    using inner = decltype(std::move(pending_).operator co_await());
    struct awaiter : inner {
      exchange* ex;
      const void* mark;
      result<response> await_resume() {
        result<response> reply = inner::await_resume();
        ex->edit_answer(reply, mark);
        return reply;
      }
    };
    return awaiter{std::move(pending_).operator co_await(), ex_, mark_};
  }

 protected:
  exchange* ex_;
  const void* mark_;
  task<result<response>> pending_;
};

// The answer of what comes behind. Returned as it is, the edits are left to whoever awaits it.
class next_answer : public edited_answer {
 public:
  using edited_answer::edited_answer;
  operator task<result<response>>() && noexcept { return std::move(pending_); }
};

// What comes behind a middleware. To be called at most once per exchange.
class next_handler {
 public:
  next_handler(const pipeline& of, std::size_t at) noexcept : of_(&of), at_(at) {}
  next_answer operator()(exchange& ex) const;

 private:
  const pipeline* of_;
  std::size_t at_;
};

// One step around an exchange, with one verb: answer itself, call next(ex), or call it and then
// look at the reply. A middleware that only looks at the request, or edits nothing of the answer
// but its head (exchange::at_answer), returns next(ex) from a plain function and costs no frame.
class middleware {
 public:
  virtual ~middleware() = default;
  virtual std::string_view kind() const noexcept = 0;
  // What the configuration calls this one; its kind where it has no name of its own.
  std::string_view name() const noexcept {
    return name_.empty() ? kind() : std::string_view(name_);
  }
  void call(std::string name) { name_ = std::move(name); }
  // Where what it decides is counted, under its name.
  virtual void count_in(telemetry::metrics&) {}
  // Query parameters that carry secrets to it: on every route they are taken out of the target that
  // logs show. Asked for once, when a snapshot is assembled.
  virtual std::span<const std::string> secret_parameters() const noexcept { return {}; }
  // The headers in which it tells upstreams who the client is: taken away from what clients send,
  // on every route (identity_headers.hpp). Asked for once, when a snapshot is assembled.
  virtual std::span<const std::string> identity_headers() const noexcept { return {}; }
  virtual task<result<response>> handle(exchange& ex, next_handler next) = 0;

 private:
  std::string name_;
};

// What ends a pipeline: forward, respond, or a refusal.
class handler {
 public:
  virtual ~handler() = default;
  virtual task<result<response>> handle(exchange& ex) = 0;
};

class pipeline {
 public:
  pipeline(std::vector<std::shared_ptr<middleware>> steps, std::shared_ptr<handler> last)
      : steps_(std::move(steps)), last_(std::move(last)) {}

  edited_answer run(exchange& ex) const { return next_handler(*this, 0)(ex); }

 private:
  friend class next_handler;
  std::vector<std::shared_ptr<middleware>> steps_;
  std::shared_ptr<handler> last_;
};

inline next_answer next_handler::operator()(exchange& ex) const {
  const void* const mark = ex.answer_mark();
  if (at_ == of_->steps_.size()) return {ex, mark, of_->last_->handle(ex)};
  return {ex, mark, of_->steps_[at_]->handle(ex, next_handler(*of_, at_ + 1))};
}

}  // namespace ferroway
