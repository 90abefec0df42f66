// Asks another service whether a request may pass: with a request of its own that has the client's
// headers and no body. A 2xx lets it pass; a 3xx or 4xx is the client's answer; a service that
// fails lets nobody pass unless the configuration says so. Immutable, but for what its upstream
// keeps for each worker; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"
#include "upstream/ask.hpp"

namespace ferroway {

class forward_auth final : public deciding_middleware {
 public:
  forward_auth(const config::forward_auth_middleware& from,
               std::shared_ptr<upstream::upstream> service);

  std::string_view kind() const noexcept override { return "forward_auth"; }
  std::span<const std::string> identity_headers() const noexcept override {
    return settings_.to_request;
  }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  task<result<response>> consult(exchange& ex, next_handler next);
  task<result<upstream::heard_answer>> ask(exchange& ex);
  upstream::question make_question(exchange& ex) const;
  bool goes_along(const http::field& item) const noexcept;
  task<result<response>> let_pass(exchange& ex, next_handler next, const http::response_head& said);
  task<result<response>> without_answer(exchange& ex, next_handler next, const failure& why);
  std::string_view reason(exchange& ex, std::string_view verb, std::string_view what) const;
  response refusal(exchange& ex, const upstream::heard_answer& heard) const;
  void copy_to_client(exchange& ex, const http::field_list& said, http::field_list& to) const;

  const config::forward_auth_middleware settings_;
  const std::shared_ptr<upstream::upstream> service_;
  std::string path_;
  std::string query_;
  bool has_query_ = false;
};

}  // namespace ferroway
