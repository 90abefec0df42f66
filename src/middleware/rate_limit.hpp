// So many requests in so much time, for each client: a token bucket (rate_limit/gcra.hpp) that all
// workers share. Answers 429 with Retry-After; every answer says what is left, in the fields
// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10).
#pragma once

#include <map>
#include <memory>
#include <string>

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"
#include "middleware/rate_limit/limit_key.hpp"
#include "middleware/rate_limit/limit_store.hpp"

namespace ferroway {

class rate_limit final : public deciding_middleware {
 public:
  // `name` is what clients see it called. `before`: one of that name in the snapshot before this
  // one, whose buckets it goes on with; null where there is none.
  rate_limit(const config::rate_limit_middleware& from, std::string name,
             const rate_limit* before = nullptr);

  std::string_view kind() const noexcept override { return "rate_limit"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  // A policy, and how the fields name it.
  struct rule {
    limit_policy by;
    std::string described;  // "by_ip";q=200;w=2
  };
  rule rule_of(const config::request_rate& rate, std::uint64_t burst) const;
  const rule& rule_for(exchange& ex) const;
  // For explain; empty where nobody asks.
  static std::string_view why(exchange& ex, const limit_decision& made);
  void add_fields(exchange& ex, const rule& of, const limit_decision& made,
                  http::response_head& to) const;
  task<result<response>> refuse(exchange& ex, const rule& of, limit_decision made) const;
  struct visit {
    const rate_limit* to;
    const rule* of;
    limit_decision made;
  };
  static void edit(exchange& ex, http::response_head& head, const void* with);

  // What RateLimit says.
  std::string_view left(arena& memory, const limit_decision& made) const;

  const std::string shown_name_;
  const std::string left_prefix_;  // "by_ip";r=
  const std::uint64_t cost_;
  const bool fields_;
  const std::size_t clients_;
  std::shared_ptr<const limit_key> key_;
  std::shared_ptr<limit_store> store_;
  const rule rule_;
  std::map<std::string, rule, std::less<>> rules_;  // by the key's value
};

}  // namespace ferroway
