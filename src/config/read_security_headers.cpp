// `security_headers`: each header's value, or `off`.
#include <algorithm>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"

namespace ferroway::config {
namespace {

bool is_off(const node& from) { return from.is_scalar() && from.text == "off"; }

// Of a header's value: visible ASCII, spaces and tabs between it (RFC 9110, 5.5).
bool is_plain(std::string_view text) {
  return trim(text) == text &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 127; });
}

void read_line(reading& in, const fields& all, std::string_view key, std::string& into) {
  const node* found = all.find(key);
  if (found == nullptr) return;
  if (is_off(*found)) return into.clear();
  const auto text = read_text(in, *found, key, "a header's value, or off");
  if (!text) return;
  if (!is_plain(*text)) {
    return expected(in, *found, key, "a header's value in ASCII, without spaces around it");
  }
  into = *text;
}

// Of a key whose values the table lists.
void read_one_of(reading& in, const fields& all, std::string_view key, std::string& into) {
  const node* found = all.find(key);
  if (found == nullptr) return;
  if (is_off(*found)) return into.clear();
  const auto words = keys::security_headers.find(key)->type.words;
  std::string known;
  for (const std::string_view word : words) {
    known += (known.empty() ? "" : word == words.back() ? " or " : ", ") + std::string(word);
  }
  const auto text = read_text(in, *found, key, known);
  if (!text) return;
  if (std::ranges::find(words, *text) == words.end() || *text == "off") {
    const std::vector<std::string_view> names(words.begin(), words.end());
    return expected(in, *found, key, known, did_you_mean(*text, names));
  }
  into = *text;
}

// RFC 6797, 6.1: directives with semicolons between them, one of which is max-age.
std::string_view transport_problem(std::string_view text) {
  const std::string_view age = trim(split_off(text, ';'));
  constexpr std::string_view begin = "max-age=";
  if (!age.starts_with(begin) || !parse_decimal(age.substr(begin.size()))) {
    return "it begins with max-age=SECONDS";
  }
  while (!text.empty()) {
    const std::string_view directive = trim(split_off(text, ';'));
    if (!equals_ignoring_case(directive, "includeSubDomains") &&
        !equals_ignoring_case(directive, "preload")) {
      return "behind max-age stand includeSubDomains and preload, and nothing else";
    }
  }
  return {};
}

void read_transport(reading& in, const fields& all, std::string& into) {
  constexpr std::string_view key = "strict_transport_security";
  std::string value = into;
  read_line(in, all, key, value);
  const std::string_view problem = value.empty() ? std::string_view{} : transport_problem(value);
  if (!problem.empty()) {
    return expected(in, *all.find(key), key, "a value such as max-age=31536000, or off",
                    std::string(problem));
  }
  into = value;
}

}  // namespace

std::optional<security_headers_middleware> read_security_headers(reading& in, const node& from) {
  security_headers_middleware made;
  if (from.is_null()) return made;
  if (!is_mapping(in, from, "security_headers", "settings such as {frame_options: SAMEORIGIN}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::security_headers);
  read_transport(in, all, made.strict_transport_security);
  read_one_of(in, all, "content_type_options", made.content_type_options);
  read_one_of(in, all, "frame_options", made.frame_options);
  read_one_of(in, all, "referrer_policy", made.referrer_policy);
  read_line(in, all, "content_security_policy", made.content_security_policy);
  read_line(in, all, "permissions_policy", made.permissions_policy);
  all.read("override", made.override_upstream);
  return made;
}

}  // namespace ferroway::config
