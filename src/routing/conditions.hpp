// The header and query conditions of all routes of a table, compiled. Filled by the builder, then
// only read, by any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "base/regular_expression.hpp"
#include "config/config.hpp"
#include "http/fields.hpp"

namespace ferroway::routing {

// What conditions look at: the header and the query of one request. What must be put together or
// decoded is so once, however many conditions ask for it.
class condition_subject {
 public:
  condition_subject(const http::field_list* fields, std::string_view query, arena& memory) noexcept
      : fields_(fields), query_(query), memory_(memory) {}

  // A header that came in several fields counts as their list (RFC 9110, 5.3).
  std::optional<std::string_view> header(http::field_id id, std::string_view name);
  // Of a repeated parameter the first counts, decoded.
  std::optional<std::string_view> parameter(std::string_view name);

 private:
  struct made_value {
    bool is_header;
    std::string_view name;
    std::string_view value;
    const made_value* before;
  };
  const made_value* made(bool is_header, std::string_view name) const noexcept;
  void keep(bool is_header, std::string_view name, std::string_view value);

  const http::field_list* fields_;  // null: none
  std::string_view query_;
  arena& memory_;
  const made_value* last_ = nullptr;
};

class conditions {
 public:
  // Some of them, one behind the other.
  struct range {
    std::uint32_t first = 0;
    std::uint8_t headers = 0;
    std::uint8_t query = 0;  // behind the headers
    bool empty() const noexcept { return headers == 0 && query == 0; }
    // Those on headers aside.
    range of_query() const noexcept { return {first + headers, 0, query}; }
  };

  // The error says what is wrong, for people.
  std::expected<range, std::string> add(const std::vector<config::condition>& headers,
                                        const std::vector<config::condition>& query);

  // Whether all of them hold.
  bool hold(const range& which, condition_subject& of) const;

 private:
  struct compiled {
    config::condition::kind is;
    http::field_id id;
    std::string name;
    std::string value;
    const regular_expression* pattern;
  };
  std::expected<void, std::string> add(const config::condition& one);
  static bool holds(const compiled& one, std::optional<std::string_view> value);

  std::vector<compiled> all_;
  std::map<std::string, regular_expression, std::less<>> patterns_;  // each once
};

}  // namespace ferroway::routing
