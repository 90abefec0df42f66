// `error_pages`: which page for which status, and what is in it.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"
#include "config/source_lines.hpp"
#include "config/tokens.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view status_variable = "response.status";

struct ending {
  std::string_view text;
  std::string_view type;
};
constexpr std::array endings{ending{".html", "text/html; charset=utf-8"},
                             ending{".htm", "text/html; charset=utf-8"},
                             ending{".json", "application/json"}, ending{".xml", "application/xml"},
                             ending{".txt", "text/plain; charset=utf-8"}};

// "text/html" of "Text/HTML; charset=utf-8".
std::string media_type_of(std::string_view type) {
  return lower_case(trim(type.substr(0, type.find(';'))));
}

bool is_media_type(std::string_view type) {
  const std::string media = media_type_of(type);
  const std::size_t slash = media.find('/');
  return slash != std::string::npos && is_token(media.substr(0, slash)) &&
         is_token(media.substr(slash + 1));
}

// Nothing where it is not known how a value can be written into such a page.
std::optional<page_escape> escape_for(std::string_view type) {
  const std::string media = media_type_of(type);
  if (media.ends_with("/json") || media.ends_with("+json")) return page_escape::json;
  if (media == "text/html" || media.ends_with("/xml") || media.ends_with("+xml")) {
    return page_escape::html;
  }
  if (media == "text/plain") return page_escape::none;
  return std::nullopt;
}

// The text of a page: literals and variables, as in other templates; but all else that stands in
// `${}` is an error, since nothing comes from the environment.
class page_text {
 public:
  page_text(reading& in, const node& from, const std::string& file, std::string_view text)
      : in_(in), from_(from), file_(file), text_(text) {}

  std::optional<template_text> run(std::vector<used_variable>& variables) {
    std::string literal;
    std::size_t at = 0;
    while (at < text_.size()) {
      const std::size_t dollar = text_.find("${", at);
      const bool escaped =
          dollar != std::string_view::npos && dollar > at && text_[dollar - 1] == '$';
      literal += text_.substr(at, dollar == std::string_view::npos ? dollar : dollar - at);
      if (dollar == std::string_view::npos) break;
      at = dollar + 2;
      if (escaped) {
        literal += '{';
        continue;
      }
      const std::size_t end = text_.find('}', at);
      const std::string_view name = text_.substr(at, end - at);
      if (end == std::string_view::npos) {
        complain(dollar, "`${` without its `}`", "write `$${` for a literal `${`");
        return std::nullopt;
      }
      if (!is_known(dollar, name)) return std::nullopt;
      if (++variables_ > page_variables_max) {
        complain(dollar, "more than " + std::to_string(page_variables_max) + " variables", "");
        return std::nullopt;
      }
      if (!literal.empty()) pieces_.push_back({false, std::move(literal), {}});
      literal.clear();
      pieces_.push_back({true, std::string(name), {}});
      if (name != status_variable) variables.push_back({std::string(name), from_.at});
      at = end + 1;
    }
    if (!literal.empty()) pieces_.push_back({false, std::move(literal), {}});
    return std::move(pieces_);
  }

  bool has_variables() const noexcept { return variables_ > 0; }

 private:
  bool is_known(std::size_t at, std::string_view name) {
    if (name == status_variable) return true;
    if (!is_variable_name(name)) {
      complain(
          at, "unknown variable " + shown(name),
          name == "status" ? "did you mean `response.status`?" : "write `$${` for a literal `${`");
      return false;
    }
    reporter found;
    reading apart{found, in_.outside, in_.folder};
    if (check_variable(apart, from_, name)) return true;
    for (const diagnostic& each : found.take()) complain(at, each.message, each.hint);
    return false;
  }

  void complain(std::size_t at, const std::string& message, std::string hint) {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<long>(at), '\n');
    in_.report.error(from_.at, shown(file_) + ", line " + std::to_string(line) + ": " + message,
                     std::move(hint));
  }

  reading& in_;
  const node& from_;
  const std::string& file_;
  std::string_view text_;
  template_text pieces_;
  std::size_t variables_ = 0;
};

std::optional<std::string> read_page_file(reading& in, const node& from, const std::string& file) {
  const bool relative = file.front() != '/' && !in.folder.empty();
  const std::string path = relative ? in.folder + "/" + file : file;
  file_text got = in.outside.configuration(path, page_bytes_max);
  if (!got.problem.empty()) {
    in.report.error(from.at, "the page " + shown(path) + " cannot be read: " + got.problem);
    return std::nullopt;
  }
  if (got.text.size() > in.text_bytes_left) {
    in.report.error(from.at, "the values of this file and its pages are longer than " +
                                 std::to_string(total_text_bytes_max >> 20) + " MiB in all");
    in.text_bytes_left = 0;
    return std::nullopt;
  }
  in.text_bytes_left -= got.text.size();
  if (invalid_utf8(got.text)) {
    in.report.error(from.at, "the page " + shown(path) + " is not UTF-8 text");
    return std::nullopt;
  }
  return std::move(got.text);
}

std::optional<std::string> read_type(reading& in, const node& from) {
  constexpr std::string_view what = "a media type such as text/html";
  auto type = read_text(in, from, "type", what);
  if (type && !is_media_type(*type)) {
    expected(in, from, "type", what);
    return std::nullopt;
  }
  return type;
}

std::optional<error_page> read_page(reading& in, const node& from,
                                    std::vector<used_variable>& used) {
  error_page made;
  const node* file = &from;
  if (from.is_mapping()) {
    const fields all(in, from, keys::error_page);
    file = all.find("file");
    if (file == nullptr) {
      if (!all.meant("file")) in.report.error(from.at, "this page has no `file`");
      return std::nullopt;
    }
    if (const node* type = all.find("type")) {
      const auto read = read_type(in, *type);
      if (!read) return std::nullopt;
      made.type = *read;
    }
  }
  const auto name = read_text(in, *file, "file", "a file such as pages/404.html");
  if (!name || name->empty()) return std::nullopt;
  made.file = *name;
  if (made.type.empty()) {
    const auto known = std::ranges::find_if(
        endings, [&](const ending& each) { return lower_case(made.file).ends_with(each.text); });
    if (known == endings.end()) {
      in.report.error(file->at, "what type " + shown(made.file) + " has is not known by its name",
                      "say it: {file: " + made.file.substr(0, 60) + ", type: text/html}");
      return std::nullopt;
    }
    made.type = known->type;
  }
  const auto text = read_page_file(in, *file, made.file);
  if (!text) return std::nullopt;
  page_text page(in, *file, made.file, *text);
  auto pieces = page.run(used);
  if (!pieces) return std::nullopt;
  made.text = std::move(*pieces);
  const auto escape = escape_for(made.type);
  if (!escape && page.has_variables()) {
    in.report.error(file->at, "a page of type " + shown(made.type) + " cannot hold variables",
                    "how their values are escaped is known for HTML, XML, JSON and plain text");
    return std::nullopt;
  }
  made.escape = escape.value_or(page_escape::none);
  return made;
}

// "404", "500-599", "5xx"
bool read_statuses(reading& in, const node& key, error_pages_middleware::entry& into) {
  constexpr std::string_view what = "an error status such as 404, 500-599 or 5xx";
  const std::string text = lower_case(key.is_scalar() ? key.text : std::string_view{});
  std::string_view last = text;
  std::string_view first = split_off(last, '-');
  std::string_view end = text.find('-') == std::string::npos ? first : last;
  const bool is_class = text == "4xx" || text == "5xx";
  const auto low = parse_decimal(is_class ? text.substr(0, 1) + "00" : std::string(first));
  const auto high = parse_decimal(is_class ? text.substr(0, 1) + "99" : std::string(end));
  if (!low || !high || *low < 400 || *high > 599 || *low > *high) {
    expected(in, key, "pages", what);
    return false;
  }
  into.first = static_cast<std::uint16_t>(*low);
  into.last = static_cast<std::uint16_t>(*high);
  return true;
}

void read_entry(reading& in, const node& key, const node& value, error_pages_middleware& into,
                std::vector<used_variable>& used) {
  error_pages_middleware::entry made;
  if (!read_statuses(in, key, made)) return;
  const auto same = std::ranges::find_if(into.pages, [&](const auto& other) {
    return other.first == made.first && other.last == made.last;
  });
  if (same != into.pages.end()) {
    return in.report.error(key.at, "the statuses " + shown(key.text) + " stand here twice");
  }
  const auto add = [&](const node& from) {
    if (auto page = read_page(in, from, used)) made.pages.push_back(std::move(*page));
  };
  if (value.is_list()) {
    if (!is_filled_list(in, value, "pages", "files")) return;
    for (const node* item : value.items) add(*item);
  } else {
    add(value);
  }
  into.pages.push_back(std::move(made));
}

}  // namespace

std::optional<error_pages_middleware> read_error_pages(reading& in, const node& from,
                                                       std::vector<used_variable>& variables) {
  if (!is_mapping(in, from, "error_pages", "pages such as {pages: {404: pages/404.html}}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::error_pages);
  error_pages_middleware made;
  if (const node* whose = all.find("from")) {
    const auto word = read_text(in, *whose, "from", "gateway or all");
    if (word && *word != "gateway" && *word != "all") {
      expected(in, *whose, "from", "gateway or all", did_you_mean(*word, {"gateway", "all"}));
    }
    made.of_all = word == "all";
  }
  const node* pages = all.find("pages");
  if (pages == nullptr) {
    if (!all.meant("pages")) {
      in.report.error(from.at, "`error_pages` has no `pages`", "such as {404: pages/404.html}");
    }
    return std::nullopt;
  }
  if (!is_mapping(in, *pages, "pages", "statuses and files such as {404: pages/404.html}")) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i + 1 < pages->items.size(); i += 2) {
    read_entry(in, *pages->items[i], *pages->items[i + 1], made, variables);
  }
  if (pages->items.empty()) expected(in, *pages, "pages", "statuses and files");
  return made;
}

}  // namespace ferroway::config
