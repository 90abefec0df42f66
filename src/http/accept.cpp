#include "http/accept.hpp"

#include "base/text.hpp"

namespace ferroway::http {
namespace {

constexpr unsigned weight_max = 1000;

// RFC 9110, 12.4.2: 0, 0.5, 1.000. What is none counts as 1: whoever wrote it named the type.
unsigned weight_of(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || !is_digit(text[0])) return weight_max;
  if (text[0] != '0') return weight_max;
  unsigned weight = 0, digit = weight_max / 10;
  for (std::size_t i = 2; i < text.size(); ++i, digit /= 10) {
    if (!is_digit(text[i])) return weight_max;
    weight += static_cast<unsigned>(text[i] - '0') * digit;
  }
  return weight;
}

struct media_range {
  std::string_view type;
  unsigned weight = weight_max;
};

media_range next_range(std::string_view& rest) noexcept {
  std::string_view item = split_off(rest, ',');
  media_range found{trim(split_off(item, ';'))};
  while (!item.empty()) {
    const std::string_view parameter = trim(split_off(item, ';'));
    const bool weighs = parameter.starts_with("q=") || parameter.starts_with("Q=");
    if (weighs) found.weight = weight_of(parameter.substr(2));
  }
  return found;
}

// 0: not at all; 1: */*, 2: text/*, 3: text/html.
int match_of(std::string_view range, std::string_view type) noexcept {
  if (range == "*/*") return 1;
  if (equals_ignoring_case(range, type)) return 3;
  const bool of_family = range.ends_with("/*");
  const std::string_view family = type.substr(0, type.find('/') + 1);
  return of_family && equals_ignoring_case(range.substr(0, range.size() - 1), family) ? 2 : 0;
}

bool is_json(std::string_view type) noexcept {
  return equals_ignoring_case(type, "application/json") ||
         equals_ignoring_case(type, "application/problem+json");
}

}  // namespace

unsigned wanted_of(std::string_view accept, std::string_view type) noexcept {
  if (trim(accept).empty()) return weight_max;
  unsigned weight = 0;
  int best = 0;
  while (!accept.empty()) {
    const media_range range = next_range(accept);
    const int match = match_of(range.type, type);
    if (match <= best) continue;
    best = match;
    weight = range.weight;
  }
  return weight;
}

bool asks_for_json_only(std::string_view accept) noexcept {
  bool json = false;
  while (!accept.empty()) {
    const media_range range = next_range(accept);
    if (range.weight == 0) continue;
    json = json || is_json(range.type);
    if (equals_ignoring_case(range.type, "text/html") ||
        equals_ignoring_case(range.type, "application/xhtml+xml")) {
      return false;
    }
  }
  return json;
}

}  // namespace ferroway::http
