#include "exchange/path_template.hpp"

#include "base/text.hpp"
#include "http/path.hpp"

namespace ferroway {
namespace {

bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// RFC 3986, 2.1. With `keep_escapes` what is an escape already stays one.
std::string_view encoded(std::string_view text, bool keep_escapes, arena& memory) {
  constexpr char digits[] = "0123456789ABCDEF";
  char* const begin = memory.allocate_text(3 * text.size());
  char* end = begin;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool escape = keep_escapes && c == '%' && i + 2 < text.size() &&
                        hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (is_unreserved(c) || escape) {
      *end++ = c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    *end++ = '%';
    *end++ = digits[byte >> 4];
    *end++ = digits[byte & 15];
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

path_template::path_template(const config::template_text& from, http::path_ambiguities allowed)
    : allowed_(allowed) {
  for (const config::template_piece& item : from) {
    if (item.is_variable) {
      pieces_.push_back({{},
                         variable::parse(item.text),
                         item.text.starts_with("path."),
                         item.text.starts_with("query.")});
    } else {
      pieces_.push_back({item.text, std::nullopt});
    }
  }
}

result<std::string_view> path_template::fill(exchange& ex) const {
  std::string_view path;
  bool lacks = false;
  for (const piece& item : pieces_) {
    std::string_view text = item.literal;
    // What follows would come one segment too early.
    if (lacks && text.starts_with('/')) {
      return fail(fault::malformed, side::client, "nothing where a path needs a value");
    }
    if (item.from) {
      text = item.from->value(ex);
      if (!item.is_path) text = encoded(text, item.is_query, ex.memory);
    }
    lacks = item.from && !item.is_path && text.empty() && path.ends_with('/');
    path = path.empty() ? text : ex.memory.join(path, text);
  }
  return http::normalise_joined_path(path, ex.memory, allowed_);
}

}  // namespace ferroway
