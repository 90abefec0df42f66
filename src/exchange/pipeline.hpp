// A route's middlewares in order, and the handler that ends them. Built once per route, shared by
// all workers, immutable; the state of a middleware is its own affair (and must bear several
// threads).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "exchange/exchange.hpp"
#include "exchange/response.hpp"

namespace ferroway {

class pipeline;

// What comes behind a middleware. To be called at most once per exchange.
class next_handler {
 public:
  next_handler(const pipeline& of, std::size_t at) noexcept : of_(&of), at_(at) {}
  task<result<response>> operator()(exchange& ex) const;

 private:
  const pipeline* of_;
  std::size_t at_;
};

// One step around an exchange, with one verb: answer itself, call next(ex), or call it and then
// look at the reply. A middleware that only looks at the request returns next(ex) from a plain
// function and costs no frame.
class middleware {
 public:
  virtual ~middleware() = default;
  virtual std::string_view name() const noexcept = 0;
  virtual task<result<response>> handle(exchange& ex, next_handler next) = 0;
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

  task<result<response>> run(exchange& ex) const { return next_handler(*this, 0)(ex); }

 private:
  friend class next_handler;
  std::vector<std::shared_ptr<middleware>> steps_;
  std::shared_ptr<handler> last_;
};

inline task<result<response>> next_handler::operator()(exchange& ex) const {
  if (at_ == of_->steps_.size()) return of_->last_->handle(ex);
  return of_->steps_[at_]->handle(ex, next_handler(*of_, at_ + 1));
}

}  // namespace ferroway
