// A page with variables. What clients sent cannot become a part of it: values are escaped for its
// type, cut where they are long, and what is not UTF-8 in them becomes U+FFFD. Immutable; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/middlewares.hpp"
#include "exchange/variables.hpp"

namespace ferroway {

class page_template {
 public:
  // Of a value, before it is escaped.
  static constexpr std::size_t value_bytes_max = 1024;

  page_template(const config::template_text& from, config::page_escape escape);

  // A page without variables is returned as it is, others are put together in the exchange's
  // memory.
  std::string_view fill(exchange& ex, std::uint16_t status) const;

 private:
  struct piece {
    std::string literal;
    bool is_status = false;
    std::optional<variable> from = {};
  };
  std::string_view value_of(const piece& which, exchange& ex, std::uint16_t status) const;

  std::vector<piece> pieces_;
  config::page_escape escape_;
};

// `value` as it may stand in a page (a text or a quoted attribute of HTML, a string of JSON), in
// `memory` where something had to change.
std::string_view escaped(std::string_view value, config::page_escape how, arena& memory);

}  // namespace ferroway
