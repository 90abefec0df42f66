#include "config/masked_line.hpp"

#include <algorithm>
#include <array>

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr std::array secret_words{"token"sv,         "secret"sv,  "password"sv,
                                  "authorization"sv, "api_key"sv, "api-key"sv};

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_quote(char c) { return c == '"' || c == '\''; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_with_secret_word(std::string_view key) {
  return std::ranges::any_of(secret_words, [&](std::string_view word) {
    return key.size() >= word.size() &&
           std::ranges::equal(key.substr(key.size() - word.size()), word, {}, lower);
  });
}

bool is_reference(std::string_view value) {
  return value.starts_with("${") && value.find('}') == value.size() - 1 && !value.contains(":-");
}

// Where the value that begins at `from` ends: at its quote; within braces at a comma or their end.
std::size_t end_of_value(std::string_view line, std::size_t from, char quote, bool in_braces) {
  if (quote != 0) {
    while (from < line.size()) {
      const bool twice = quote == '\'' && line.substr(from).starts_with("''");
      const bool escaped = quote == '"' && line[from] == '\\';
      if (line[from] == quote && !twice) break;
      from += twice || escaped ? 2 : 1;
    }
    return std::min(from, line.size());
  }
  if (!in_braces) return line.size();
  const std::size_t closing = line.substr(from).starts_with("${") ? line.find('}', from) : from;
  return std::min(line.find_first_of(",}", closing == from ? from : closing + 1), line.size());
}

// The key that ends before the colon at `colon`, without its quotes.
std::string_view key_before(std::string_view line, std::size_t colon) {
  std::string_view key = line.substr(0, colon);
  while (!key.empty() && (is_space(key.back()) || is_quote(key.back()))) key.remove_suffix(1);
  return key;
}

}  // namespace

std::string masked_line(std::string_view line) {
  std::string made(line);
  const std::size_t brace = line.find('{');
  for (std::size_t colon = line.find(':'); colon < line.size(); colon = line.find(':', colon + 1)) {
    if (!ends_with_secret_word(key_before(line, colon))) continue;
    std::size_t begin = colon + 1;
    while (begin < line.size() && is_space(line[begin])) ++begin;
    if (begin == line.size() || line[begin] == '{' || line[begin] == '[') continue;
    const char quote = is_quote(line[begin]) ? line[begin++] : '\0';
    const bool in_braces = brace < colon;
    const std::size_t end = end_of_value(line, begin, quote, in_braces);
    if (is_reference(line.substr(begin, end - begin))) continue;
    std::fill(made.begin() + static_cast<std::ptrdiff_t>(begin),
              made.begin() + static_cast<std::ptrdiff_t>(end), '*');
    if (end == line.size()) break;
    colon = end;
  }
  return made;
}

}  // namespace ferroway::config
