#include "config/masked_line.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "credentials/digest.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr std::array secret_words{"token"sv,         "secret"sv,  "password"sv,
                                  "authorization"sv, "api_key"sv, "api-key"sv};

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_word(char c) {
  return c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}
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

// Where what stands in the braces of `keys: {...}` ends; 0 where there are none behind this colon.
std::size_t end_of_keys(std::string_view line, std::size_t colon) {
  constexpr std::string_view word = "keys";
  const std::string_view key = key_before(line, colon);
  const std::size_t brace = line.find_first_not_of(" \t", colon + 1);
  if (brace == std::string_view::npos || line[brace] != '{' || !key.ends_with(word)) return 0;
  if (key.size() > word.size() && is_word(key[key.size() - word.size() - 1])) return 0;
  // The braces of references do not end it.
  std::size_t end = line.find('}', brace);
  for (std::size_t at = line.find("${", brace); at < end; at = line.find("${", end)) {
    const std::size_t closing = line.find('}', at);
    if (closing == std::string_view::npos) return line.size();
    end = line.find('}', closing + 1);
  }
  return std::min(end, line.size());
}

// Of api_key: somebody may have written a key where its digest stands.
bool is_digest(std::string_view value) { return credentials::parse_digest(value).has_value(); }

struct span {
  std::size_t begin;
  std::size_t end;
};

// The value behind a colon that has one to hide. `keys_end`: not 0 within `keys: {...}`.
std::optional<span> secret_behind(std::string_view line, std::size_t colon, std::size_t keys_end,
                                  bool in_braces) {
  // `${file:PATH}` has a colon of its own.
  if (line.substr(0, colon).ends_with("${file")) return std::nullopt;
  const bool of_keys = keys_end != 0;
  if (!of_keys && !ends_with_secret_word(key_before(line, colon))) return std::nullopt;
  std::size_t begin = colon + 1;
  while (begin < line.size() && is_space(line[begin])) ++begin;
  if (begin == line.size() || line[begin] == '{') return std::nullopt;
  const bool list = line[begin] == '[';
  if (list && !of_keys) return std::nullopt;
  const char quote = is_quote(line[begin]) ? line[begin++] : '\0';
  // Of a list all is hidden, but for its brackets.
  if (list) ++begin;
  const std::size_t end = list ? std::min(line.find(']', begin), keys_end)
                               : end_of_value(line, begin, quote, in_braces);
  const std::string_view value = line.substr(begin, end - begin);
  if (is_reference(value) || (of_keys && is_digest(value))) return std::nullopt;
  return span{begin, end};
}

}  // namespace

std::string masked_line(std::string_view line) {
  std::string made(line);
  const std::size_t brace = line.find('{');
  std::size_t keys_end = 0;
  for (std::size_t colon = line.find(':'); colon < line.size(); colon = line.find(':', colon + 1)) {
    if (const std::size_t end = end_of_keys(line, colon); end != 0) keys_end = end;
    const auto hidden = secret_behind(line, colon, colon < keys_end ? keys_end : 0, brace < colon);
    if (!hidden) continue;
    std::fill(made.begin() + static_cast<std::ptrdiff_t>(hidden->begin),
              made.begin() + static_cast<std::ptrdiff_t>(hidden->end), '*');
    if (hidden->end == line.size()) break;
    colon = hidden->end;
  }
  return made;
}

}  // namespace ferroway::config
