// Lets requests through that carry a valid token (RFC 7519), and tells who asks: to middlewares
// behind it (exchange/identity.hpp), and to the upstream in headers. 401 and 403 for others, as RFC
// 6750 has it; why is for logs and explain alone. docs/middlewares/JWT.md is its page.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"
#include "exchange/variables.hpp"
#include "jwt/key_set.hpp"
#include "jwt/token_cache.hpp"
#include "middleware/jwt/key_source.hpp"
#include "middleware/jwt/presented_token.hpp"

namespace ferroway {

class jwt_guard final : public deciding_middleware {
 public:
  // `workers` is how many will share it. `before`: one of that name in the snapshot before this
  // one, whose fetched keys it goes on with where the address is the same; null: none.
  jwt_guard(const config::jwt_middleware& from, std::uint32_t workers,
            const jwt_guard* before = nullptr);
  ~jwt_guard() override;

  std::string_view kind() const noexcept override { return config::jwt_kind; }
  std::span<const std::string> identity_headers() const noexcept override {
    return identity_headers_;
  }
  std::span<const std::string> secret_parameters() const noexcept override { return secrets_; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

  // Null where its keys are in the configuration.
  const std::shared_ptr<key_source>& source() const noexcept { return source_; }

 private:
  struct worker_part;
  // What is thought of a token.
  struct verdict {
    const jwt::remembered_token* said = nullptr;  // null where it is not believed
    std::optional<jwt::problem> why = {};
    std::string_view lacking = {};  // the scope or claim, as the configuration calls it
  };
  // A rule that a request completes.
  struct live_rule {
    std::size_t claim;  // of policy_.kept
    bool contains;
    std::vector<text_template> values;
  };
  struct header {
    std::string name;
    http::field_id id;
    std::size_t claim;
  };

  void add_rules(const std::vector<config::jwt_claim>& from);
  std::size_t keep(const std::string& claim);
  worker_part& part_of(const exchange& ex) const;
  void follow_source(worker_part& mine) const;
  verdict judge(exchange& ex, worker_part& mine, std::string_view token) const;
  const jwt::remembered_token* verified(worker_part& mine, std::string_view token, wall_time now,
                                        std::optional<jwt::problem>& why) const;
  bool obeys(exchange& ex, const live_rule& rule, const jwt::claim_value& given) const;
  void introduce(exchange& ex, const jwt::remembered_token& said) const;

  task<result<response>> settle(exchange& ex, next_handler next, const verdict& of) const;
  task<result<response>> refuse(exchange& ex, next_handler next, const char* detail) const;
  task<result<response>> await_keys(exchange& ex, next_handler next, std::string_view token) const;
  task<result<void>> await_fetch(exchange& ex, worker_part& mine) const;
  bool key_may_come(const exchange& ex, const worker_part& mine, const verdict& of) const;
  static task<result<response>> answer(exchange& ex, failure why, std::string_view challenge);

  const token_finder finder_;
  const bool strip_;
  const bool optional_;
  const std::size_t cache_;
  jwt::policy policy_;
  std::vector<live_rule> live_rules_;
  std::vector<header> headers_;
  std::optional<std::size_t> consumer_;  // of policy_.kept
  std::vector<std::string> identity_headers_;
  std::vector<std::string> secrets_;
  std::string challenge_none_;
  std::string challenge_invalid_;
  std::string challenge_insufficient_;
  std::shared_ptr<const jwt::key_set> keys_;  // null where `source_` has them
  std::shared_ptr<key_source> source_;
  std::unique_ptr<worker_part[]> parts_;
};

}  // namespace ferroway
