// Who may ask, by the client's address: networks that are allowed and networks that are not, the
// smallest that holds the address decides. Immutable; any thread may ask it.
#pragma once

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"
#include "middleware/network_tree.hpp"

namespace ferroway {

class ip_filter final : public deciding_middleware {
 public:
  explicit ip_filter(const config::ip_filter_middleware& from);

  std::string_view kind() const noexcept override { return "ip_filter"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  enum listed : std::uint8_t { nowhere, in_allow, in_deny };
  std::string_view reason(exchange& ex, const network_tree::found& where) const;

  network_tree networks_;
  const bool others_may_;  // whom neither list holds
};

}  // namespace ferroway
