#include "http/media_range.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/characters.hpp"

namespace ferroway::http {
namespace {

using std::string_view;

constexpr string_view any_with_suffix = "*+";

bool is_name(string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c != '*' && in(token_bytes, c); });
}

}  // namespace

bool is_media_range(string_view text) noexcept {
  const std::size_t slash = text.find('/');
  if (slash == string_view::npos || !is_name(text.substr(0, slash))) return false;
  const string_view subtype = text.substr(slash + 1);
  if (subtype == "*") return true;
  if (subtype.starts_with(any_with_suffix)) return is_name(subtype.substr(any_with_suffix.size()));
  return is_name(subtype);
}

bool in_media_range(string_view content_type, string_view range) noexcept {
  const string_view type = trim(split_off(content_type, ';'));
  const std::size_t star = range.find('*');
  if (star == string_view::npos) return equals_ignoring_case(type, range);
  const string_view suffix = range.substr(star + 1);
  return type.size() > star + suffix.size() &&
         equals_ignoring_case(type.substr(0, star), range.substr(0, star)) &&
         equals_ignoring_case(type.substr(type.size() - suffix.size()), suffix);
}

}  // namespace ferroway::http
