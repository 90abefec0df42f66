// Keeps a client with the endpoint that it has met, by a cookie. What the cookie says of an
// endpoint is a code that only who has the key can make (HMAC-SHA-256, made once for each
// endpoint): a client can neither choose an endpoint nor learn an address. Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/exchange.hpp"
#include "exchange/response.hpp"
#include "exchange/variables.hpp"

namespace ferroway::upstream {

class sticky_sessions {
 public:
  explicit sticky_sessions(const config::upstream& from);

  // The endpoint that the request's cookie names; nothing where it names none of these.
  std::optional<std::uint32_t> find(exchange& ex) const;
  // The answer came from that endpoint: the client is told, where it does not know.
  void remember(exchange& ex, response& reply, std::size_t endpoint) const;

 private:
  variable cookie_;
  std::unordered_map<std::string_view, std::uint32_t> by_code_;  // into `codes_`
  std::vector<std::string> codes_;                               // by endpoint
  std::vector<std::string> set_cookies_;
};

}  // namespace ferroway::upstream
