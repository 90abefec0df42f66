// How large a request's body may be: refused by its length before anything is sent on, or, where
// nobody told the length, as the bytes come. The listener's own limit holds too, so the smaller one
// counts. Immutable; any thread may ask it.
#pragma once

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"

namespace ferroway {

class body_limit final : public deciding_middleware {
 public:
  explicit body_limit(const config::body_limit_middleware& from) noexcept
      : deciding_middleware(from.shadow), bytes_max_(from.size) {}

  std::string_view kind() const noexcept override { return "body_limit"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct watched;
  void watch(exchange& ex) const;
  std::string_view reason(exchange& ex, std::uint64_t bytes) const;

  const std::uint64_t bytes_max_;
};

}  // namespace ferroway
