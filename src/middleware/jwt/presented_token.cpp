#include "middleware/jwt/presented_token.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/query.hpp"

namespace ferroway {
namespace {

using http::field_id;

// RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1). Nothing for another scheme.
std::string_view bearer_of(std::string_view value, bool& is_bearer) {
  const std::size_t space = std::min(value.find_first_of(" \t"), value.size());
  is_bearer = equals_ignoring_case(value.substr(0, space), "bearer");
  return is_bearer ? trim(value.substr(space)) : std::string_view{};
}

presented_token find_in_authorization(const http::field_list& fields) {
  const http::field* found = fields.find(field_id::authorization);
  if (found == nullptr) return {};
  presented_token made;
  // Who reads the first and who reads the last would see two clients.
  if (fields.count(field_id::authorization) > 1) {
    return {{}, true, "several Authorization fields"};
  }
  made.text = bearer_of(found->value(), made.is_there);
  return made;
}

presented_token find_in_cookies(const http::field_list& fields, std::string_view name) {
  presented_token made;
  for (const http::field& item : fields) {
    if (item.id() != field_id::cookie) continue;
    std::string_view rest = item.value();
    while (!rest.empty()) {
      std::string_view pair = trim(split_off(rest, ';'));
      if (trim(split_off(pair, '=')) != name) continue;
      if (made.is_there) return {{}, true, "several cookies with a token"};
      made = {pair, true};
    }
  }
  return made;
}

presented_token find_in_query(exchange& ex, std::string_view name) {
  const auto found = http::query_parameter(ex.request.query, name, ex.memory);
  if (!found) return {};
  if (http::repeats_query_parameter(ex.request.query, name)) {
    return {{}, true, "several query parameters with a token"};
  }
  return {*found, true};
}

presented_token find_in_header(const http::field_list& fields, std::string_view name, field_id id) {
  presented_token made;
  for (const http::field& item : fields) {
    if (item.id() != id || (id == field_id::other && !equals_ignoring_case(item.name(), name))) {
      continue;
    }
    if (made.is_there) return {{}, true, "several fields of that name"};
    made = {trim(item.value()), true};
  }
  return made;
}

// The cookies but one; in one pass, since a client may send thousands.
std::string_view without(std::string_view cookies, std::string_view name, arena& memory) {
  constexpr std::string_view separator = "; ";
  char* const begin = memory.allocate_text(cookies.size() * 2 + separator.size());
  char* end = begin;
  while (!cookies.empty()) {
    const std::string_view pair = trim(split_off(cookies, ';'));
    std::string_view rest = pair;
    if (pair.empty() || trim(split_off(rest, '=')) == name) continue;
    if (end != begin) end = std::ranges::copy(separator, end).out;
    end = std::ranges::copy(pair, end).out;
  }
  return {begin, end};
}

void remove_cookie(exchange& ex, std::string_view name) {
  http::field_list& fields = ex.request.fields;
  const auto all = http::combined_value(fields, field_id::cookie, "Cookie", ex.memory);
  if (!all) return;
  const std::string_view kept = without(*all, name, ex.memory);
  if (kept.empty()) {
    fields.remove(field_id::cookie);
  } else {
    fields.set(ex.memory, "Cookie", kept, field_id::cookie);
  }
}

}  // namespace

presented_token token_finder::find(exchange& ex) const {
  presented_token found;
  switch (place_) {
    case config::token_place::authorization:
      found = find_in_authorization(ex.request.fields);
      break;
    case config::token_place::cookie:
      found = find_in_cookies(ex.request.fields, name_);
      break;
    case config::token_place::query:
      found = find_in_query(ex, name_);
      break;
    case config::token_place::header:
      found = find_in_header(ex.request.fields, name_, id_);
      break;
  }
  if (found.is_there && found.flaw == nullptr && found.text.empty()) found.flaw = "an empty token";
  return found;
}

void token_finder::remove(exchange& ex) const {
  http::request_head& request = ex.request;
  switch (place_) {
    case config::token_place::authorization:
      request.fields.remove(field_id::authorization);
      break;
    case config::token_place::cookie:
      remove_cookie(ex, name_);
      break;
    case config::token_place::query:
      request.query = http::without_query_parameter(request.query, name_, ex.memory);
      request.has_query = !request.query.empty();
      break;
    case config::token_place::header:
      request.fields.remove(name_);
      break;
  }
}

}  // namespace ferroway
