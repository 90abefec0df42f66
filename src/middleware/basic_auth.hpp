// Lets requests through with the name and the password of a user (RFC 7617). Passwords are stored
// as slow hashes, which the process' pool of threads makes and no worker (io/blocking_pool.hpp);
// what was right is remembered for a while. docs/middlewares/BASIC_AUTH.md is its page.
//
// A login that is wrong costs as much as one that is right, and an unknown name as much as a known
// one: which users there are cannot be measured.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.hpp"
#include "credentials/basic_login.hpp"
#include "credentials/digest.hpp"
#include "middleware/basic_auth/known_logins.hpp"
#include "middleware/consumer_guard.hpp"
#include "middleware/rate_limit/limit_key.hpp"

namespace ferroway {

class basic_auth_guard final : public consumer_guard {
 public:
  // `workers` is how many will share it.
  basic_auth_guard(const config::basic_auth_middleware& from, std::uint32_t workers);
  ~basic_auth_guard() override;

  std::string_view kind() const noexcept override { return config::basic_auth_kind; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct worker_part;
  struct user {
    std::string hash;
    std::uint32_t consumer;
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::shared_ptr<password_check> check_of(std::string_view name, std::string_view password) const;
  task<result<response>> check(exchange& ex, next_handler next,
                               std::shared_ptr<password_check> what);
  task<result<response>> let_pass(exchange& ex, next_handler next, std::uint32_t consumer) const;

  const duration remember_;
  // Who floods the pool with wrong passwords floods his own share of it: one IPv4 address, or the
  // /64 of an IPv6 address.
  const limit_key client_;
  const keyed_hash strangers_ = keyed_hash::random();
  std::vector<user> users_;
  std::unordered_map<std::string, std::size_t, text_hash, std::equal_to<>> by_name_;
  std::shared_ptr<known_logins> known_;
  std::unique_ptr<worker_part[]> parts_;
};

}  // namespace ferroway
