// Lets pages of other origins use a route (Fetch standard, "CORS protocol"): answers their
// preflights, and tells the browser on every answer what the page may read. Upgrades to WebSocket,
// of which browsers do not ask, are refused to pages of other origins. Stands outside whatever can
// refuse (config/finish.cpp), so that pages can read a 401 too. Immutable; any thread.
#pragma once

#include <string>

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"
#include "middleware/allowed_origins.hpp"

namespace ferroway {

class cors final : public deciding_middleware {
 public:
  explicit cors(const config::cors_middleware& from);
  std::string_view kind() const noexcept override { return config::cors_kind; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  task<result<response>> answer_preflight(exchange& ex, std::string_view announced,
                                          std::string_view origin) const;
  struct visit {
    const cors* to;
    std::string_view granted;  // the origin; empty where nothing is granted
  };
  static void edit(exchange& ex, http::response_head& head, const void* with);
  void edit_fields(exchange& ex, http::field_list& fields, std::string_view origin) const;
  // False: the upgrade is to be refused.
  bool lets_upgrade(exchange& ex, std::string_view origin) const;
  // `origin` is empty where nothing is granted.
  void grant(exchange& ex, http::field_list& fields, std::string_view origin) const;
  void grant_request(exchange& ex, http::field_list& fields, std::string_view announced) const;

  const allowed_origins origins_;
  const bool credentials_;
  const bool private_network_;
  // Values of fields, ready made; empty: no such field, or what the preflight asks for.
  const std::string methods_;
  const std::string headers_;
  const std::string exposed_;
  const std::string max_age_;
  const std::string preflight_vary_;
};

}  // namespace ferroway
