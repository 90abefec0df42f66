// What a value of the language may be, as a value itself: the key tables (known_keys.hpp) hold one
// for each key; the readers take ranges from it, the JSON Schema and the tables of
// docs/CONFIGURATION.md are written from it. Constants, made at compile time; any thread may read.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace ferroway::config {

struct key_table;
namespace keys {
extern const key_table middleware;
}  // namespace keys

enum class value_is : std::uint8_t {
  anything,  // of keys that do not work yet
  nothing,   // null: a kind without settings
  flag,      // true or false
  count,     // a whole number in a range
  duration,  // the range is in milliseconds
  size,      // the range is in bytes
  word,      // one of a few words
  name,      // a name of ours, literal
  text,      // what `what` says, in the form of `pattern`
  list,      // of one thing or more
  named,     // a mapping from names to one kind of thing
  pairs,     // a mapping from names of headers or the like to one kind of thing
  mapping,   // the keys of a table
  one_kind,  // a mapping with exactly one key of a table: a middleware
  any_of     // one of several forms
};

struct value_type {
  value_is is = value_is::anything;
  std::string_view what = {};     // "a host name": how the docs call it; empty: they find words
  std::string_view pattern = {};  // a text's or a key's form (ECMA-262); empty: any
  std::string_view example = {};  // a text's
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::span<const std::string_view> words = {};
  const value_type* of = nullptr;                 // of a list, `named`, `pairs`
  std::span<const value_type* const> forms = {};  // of any_of
  const key_table* table = nullptr;               // of a mapping
  bool digits = true;                             // a text that may be digits alone
  bool lines = false;                             // a text that may have several lines
};

namespace types {

consteval value_type count(std::int64_t least, std::int64_t most) {
  return {.is = value_is::count, .least = least, .most = most};
}
// Milliseconds.
consteval value_type durations(std::int64_t least, std::int64_t most) {
  return {.is = value_is::duration, .least = least, .most = most};
}
consteval value_type sizes(std::int64_t least, std::int64_t most) {
  return {.is = value_is::size, .least = least, .most = most};
}
consteval value_type one_of(std::span<const std::string_view> words) {
  return {.is = value_is::word, .words = words};
}
consteval value_type list_of(const value_type& item, std::string_view what) {
  return {.is = value_is::list, .what = what, .of = &item};
}
consteval value_type named(const value_type& thing, std::string_view what) {
  return {.is = value_is::named, .what = what, .of = &thing};
}
consteval value_type pairs(const value_type& thing, std::string_view what,
                           std::string_view key_pattern = {}) {
  return {.is = value_is::pairs, .what = what, .pattern = key_pattern, .of = &thing};
}
consteval value_type mapping(const key_table& table) {
  return {.is = value_is::mapping, .table = &table};
}
consteval value_type any_of(std::span<const value_type* const> forms, std::string_view what = {}) {
  return {.is = value_is::any_of, .what = what, .forms = forms};
}

inline constexpr value_type anything{};
inline constexpr value_type nothing{.is = value_is::nothing};
inline constexpr value_type flag{.is = value_is::flag};
inline constexpr value_type name{.is = value_is::name, .what = "a name"};
inline constexpr value_type text{.is = value_is::text, .what = "text", .example = "some text"};
inline constexpr value_type timeout = durations(1, 31'536'000'000);
inline constexpr value_type address{.is = value_is::text,
                                    .what = "an address",
                                    .pattern = "^(unix:.+|([^/ ]+:)?[0-9]{1,5})$",
                                    .example = "127.0.0.1:8080"};
inline constexpr value_type url{
    .is = value_is::text,
    .what = "a URL",
    .pattern = "^(([Ss][Rr][Vv][+])?[Hh][Tt][Tt][Pp]://[^/?#@]+|unix:.+)$",
    .example = "http://127.0.0.1:9001",
    .digits = false};

// A value of a header: one line, request variables may stand in it.
inline constexpr value_type header_text{
    .is = value_is::text, .what = "a header's value", .example = "some value"};
inline constexpr value_type header_name{.is = value_is::text,
                                        .what = "a header's name",
                                        .pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
                                        .example = "X-Name"};
inline constexpr value_type rate{.is = value_is::text,
                                 .what = "a rate",
                                 .pattern = "^[1-9][0-9]*/[smhd]$",
                                 .example = "100/s",
                                 .digits = false};
inline constexpr value_type percent{.is = value_is::text,
                                    .what = "`0%` to `100%`",
                                    .pattern = "^(100|[0-9]{1,2})%$",
                                    .example = "20%",
                                    .digits = false};
inline constexpr value_type variable{.is = value_is::text,
                                     .what = "a request variable",
                                     .pattern = "^([a-z]+[.].+|consumer)$",
                                     .example = "client.ip",
                                     .digits = false};
inline constexpr std::array<std::string_view, 4> bare_kinds{"request_id", "access_log",
                                                            "security_headers", "compress"};
inline constexpr value_type bare_kind = one_of(bare_kinds);
inline constexpr value_type one_kind{.is = value_is::one_kind, .table = &keys::middleware};
inline constexpr std::array middleware_forms{&bare_kind, &one_kind};
inline constexpr value_type middleware = any_of(middleware_forms, "a middleware");
inline constexpr std::array pipeline_forms{&name, &one_kind};
inline constexpr value_type pipeline_item = any_of(pipeline_forms, "a middleware");
inline constexpr value_type pipeline = list_of(pipeline_item, "a list of middlewares");
// Of a mapping's keys (credentials/consumer_name.hpp).
inline constexpr std::string_view consumer_pattern = "^[A-Za-z0-9_.@+-]{1,128}$";
inline constexpr value_type names = list_of(name, "a list of names");

}  // namespace types
}  // namespace ferroway::config
