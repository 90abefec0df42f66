// `compress`: which encodings, of what, and how hard.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"
#include "http/media_range.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t types_max = 256;

// Where it stands among the words that the table has for it.
std::optional<std::size_t> read_word(reading& in, const node& from, std::string_view key,
                                     std::span<const std::string_view> words) {
  std::string known;
  for (const std::string_view word : words) {
    known += (known.empty() ? "" : word == words.back() ? " or " : ", ") + std::string(word);
  }
  const auto text = read_text(in, from, key, known);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found == words.end()) {
    const std::vector<std::string_view> names(words.begin(), words.end());
    expected(in, from, key, known, did_you_mean(*text, names));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - words.begin());
}

void report_second(reading& in, const node& item) {
  in.report.error(item.at, shown(item.text) + " stands here twice");
}

void read_encodings(reading& in, const node& list, std::vector<http::content_coding>& into) {
  if (!is_filled_list(in, list, "encodings", "encodings such as [br, gzip]")) return;
  std::vector<http::content_coding> listed;
  for (const node* item : list.items) {
    const auto which =
        read_word(in, *item, "encodings", keys::compress.find("encodings")->type.of->words);
    if (!which) continue;
    const auto coding = static_cast<http::content_coding>(*which);
    if (std::ranges::find(listed, coding) != listed.end()) {
      report_second(in, *item);
    } else {
      listed.push_back(coding);
    }
  }
  into = std::move(listed);
}

void read_types(reading& in, const node& list, std::vector<std::string>& into) {
  constexpr std::string_view what = "a media type such as text/html, text/* or application/*+json";
  if (!is_filled_list(in, list, "types", "media types such as [text/*]")) return;
  if (list.items.size() > types_max) {
    return in.report.error(list.at,
                           "`types` has more than " + std::to_string(types_max) + " items");
  }
  std::vector<std::string> listed;
  for (const node* item : list.items) {
    const auto text = read_text(in, *item, "types", what);
    if (!text) continue;
    std::string range = lower_case(*text);
    if (!http::is_media_range(range)) {
      expected(in, *item, "types", what);
    } else if (std::ranges::find(listed, range) != listed.end()) {
      report_second(in, *item);
    } else {
      listed.push_back(std::move(range));
    }
  }
  into = std::move(listed);
}

}  // namespace

std::optional<compress_middleware> read_compress(reading& in, const node& from) {
  compress_middleware made;
  if (from.is_null()) return made;
  if (!is_mapping(in, from, "compress", "settings such as {encodings: [br, gzip]}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::compress);
  if (const node* list = all.find("encodings")) read_encodings(in, *list, made.encodings);
  if (const node* level = all.find("level")) {
    const auto which = read_word(in, *level, "level", keys::compress.find("level")->type.words);
    if (which) made.level = static_cast<compression_level>(*which);
  }
  std::size_t bytes_min = made.bytes_min;
  all.read("min_bytes", bytes_min);
  made.bytes_min = bytes_min;
  if (const node* list = all.find("types")) read_types(in, *list, made.types);
  return made;
}

}  // namespace ferroway::config
