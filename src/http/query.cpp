#include "http/query.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ferroway::http {
namespace {

// Takes one character off the front of `rest`, decoded.
char take_decoded(std::string_view& rest) {
  const char first = rest.front();
  if (first == '%' && rest.size() >= 3) {
    const int high = hex_value(rest[1]);
    const int low = hex_value(rest[2]);
    if (high >= 0 && low >= 0) {
      rest.remove_prefix(3);
      return static_cast<char>(high * 16 + low);
    }
  }
  rest.remove_prefix(1);
  return first == '+' ? ' ' : first;
}

bool decodes_to(std::string_view encoded, std::string_view text) {
  for (const char wanted : text) {
    if (encoded.empty() || take_decoded(encoded) != wanted) return false;
  }
  return encoded.empty();
}

std::string_view decoded(std::string_view text, arena& memory) {
  if (text.find_first_of("%+") == std::string_view::npos) return text;
  char* const begin = memory.allocate_text(text.size());
  char* end = begin;
  while (!text.empty()) *end++ = take_decoded(text);
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::optional<std::string_view> query_parameter(std::string_view query, std::string_view name,
                                                arena& memory) {
  const std::optional<std::string_view> raw = raw_query_parameter(query, name);
  if (!raw) return std::nullopt;
  return decoded(*raw, memory);
}

std::optional<std::string_view> raw_query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    std::string_view value = split_off(query, '&');
    if (decodes_to(split_off(value, '='), name)) return value;
  }
  return std::nullopt;
}

std::string_view without_query_parameter(std::string_view query, std::string_view name,
                                         arena& memory) {
  if (!raw_query_parameter(query, name)) return query;
  char* const begin = memory.allocate_text(query.size());
  char* end = begin;
  while (!query.empty()) {
    const std::string_view whole = split_off(query, '&');
    std::string_view value = whole;
    if (decodes_to(split_off(value, '='), name)) continue;
    if (end != begin) *end++ = '&';
    end = std::copy(whole.begin(), whole.end(), end);
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

bool repeats_query_parameter(std::string_view query, std::string_view name) {
  std::size_t count = 0;
  while (!query.empty()) {
    std::string_view value = split_off(query, '&');
    if (decodes_to(split_off(value, '='), name)) ++count;
  }
  return count > 1;
}

}  // namespace ferroway::http
