// The vocabulary that templates and keys share: client.ip, header.X, cookie.x, query.x, path.x,
// host.x, jwt.x, consumer, route.name, request.id. What a request lacks is an empty text. Values
// come from the client: whoever writes them somewhere must escape them for that place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "exchange/exchange.hpp"

namespace ferroway {

class variable {
 public:
  enum class kind : std::uint8_t {
    client_ip,
    header,
    cookie,
    query,
    capture,
    route_name,
    request_id,
    claim,
    consumer
  };

  // nullopt for a name outside the vocabulary.
  static std::optional<variable> parse(std::string_view name);
  std::string_view value(exchange& ex) const;
  // The same for who counts by it: decoded, so that one value has one spelling, and empty where the
  // request says it more than once, since whoever reads it next may take another one.
  std::string_view identity(exchange& ex) const;

 private:
  variable(kind is, std::string_view argument) : is_(is), argument_(argument) {}
  kind is_;
  std::string argument_;
};

// A text with variables, ready to be filled in. In a field's value, bytes that may not stand there
// (controls) cannot come out of it: what the variables bring was parsed as a field, a path or a
// query, which have none; percent-encoded ones stay encoded.
class text_template {
 public:
  explicit text_template(const config::template_text& from);

  // Constant texts are returned as they are; others are put together in the exchange's memory.
  std::string_view fill(exchange& ex) const;
  // The same of identities, for who decides by it; nothing where one of them is empty.
  std::optional<std::string_view> fill_identity(exchange& ex) const;

 private:
  struct piece {
    std::string literal;
    std::optional<variable> from;
  };
  std::vector<piece> pieces_;
};

}  // namespace ferroway
