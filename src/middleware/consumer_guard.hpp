// What those middlewares have in common that find out by a secret which consumer asks (api_key,
// basic_auth, hmac): whom they let pass, what is told to middlewares behind them
// (exchange/identity.hpp) and to the upstream, and how others are refused: 401 with a challenge,
// 403 for who is known and in no group that may. Why is for logs and explain alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"

namespace ferroway {

class consumer_guard : public deciding_middleware {
 public:
  std::span<const std::string> identity_headers() const noexcept override { return headers_named_; }

 protected:
  // What clients are told; literals.
  struct words {
    const char* nothing;       // "a key is required"
    const char* invalid;       // "the key is not valid here"
    const char* insufficient;  // "the key does not allow this"
    const char* passed;        // for explain: "a valid key"
    const char* anonymous;     // for explain: "no key, and none is needed"
  };

  // `challenge`: the value of WWW-Authenticate.
  consumer_guard(const config::consumer_rules& from, std::string challenge, const words& said);

  // To be made before anything serves: the number by which admit() knows the consumer.
  std::uint32_t add(const std::string& name);

  bool strips() const noexcept { return strip_; }

  // There is no secret at all. `detail` is a literal for logs.
  task<result<response>> meet_nobody(exchange& ex, next_handler next, const char* detail) const;
  // There is one that is nobody's, or no secret can be made of what is there. `shown`: for explain,
  // where it has more to say.
  task<result<response>> refuse(exchange& ex, next_handler next, const char* detail,
                                std::string_view shown = {}) const;
  // It is this consumer who asks. The caller has taken the secret away where that was asked.
  task<result<response>> admit(exchange& ex, next_handler next, std::uint32_t consumer) const;

  // What a 401 says besides its challenge.
  virtual void add_to_challenge(exchange&, http::response_head&) const {}

 private:
  struct known {
    std::string name;
    std::string groups;  // with commas between
    bool may_pass;
  };
  struct header {
    std::string name;
    http::field_id id;
    config::consumer_fact says;
  };

  task<result<response>> turn_away(exchange& ex, next_handler next, const char* detail,
                                   const failure& answered, std::string_view shown = {}) const;
  task<result<response>> answer(exchange& ex, failure why, std::string_view challenge) const;

  const words said_;
  const std::string challenge_;
  const bool strip_;
  const bool optional_;
  std::vector<std::string> groups_;
  std::vector<header> headers_;
  std::vector<std::string> headers_named_;
  std::unordered_map<std::string, std::vector<std::string>> groups_of_;
  std::vector<known> consumers_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace ferroway
