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
