// Puts on answers what makes browsers more careful with them. What the upstream says itself counts,
// unless the settings say otherwise. Immutable; any thread.
#pragma once

#include <string>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/pipeline.hpp"

namespace ferroway {

class security_headers final : public middleware {
 public:
  explicit security_headers(const config::security_headers_middleware& from);
  std::string_view kind() const noexcept override { return "security_headers"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct header {
    std::string_view name;  // a literal
    std::string value;
  };
  static void edit_secured(exchange& ex, http::response_head& head, const void* with);
  static void edit_clear(exchange& ex, http::response_head& head, const void* with);
  void put(exchange& ex, http::field_list& fields, const header& what) const;

  const header transport_;  // an empty value: not sent
  std::vector<header> others_;
  const bool override_;
};

}  // namespace ferroway
