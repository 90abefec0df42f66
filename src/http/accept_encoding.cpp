#include "http/accept_encoding.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "http/characters.hpp"

namespace ferroway::http {
namespace {

using std::string_view;

constexpr int weight_max = 1000;

// 0 to 1000; nothing where it is no qvalue (RFC 9110, 12.4.2).
std::optional<int> parse_weight(string_view text) {
  constexpr std::size_t longest = string_view("0.000").size();
  if (text.empty() || text.size() > longest || (text[0] != '0' && text[0] != '1')) {
    return std::nullopt;
  }
  int weight = (text[0] - '0') * weight_max;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return std::nullopt;
  int unit = weight_max / 10;
  for (const char c : text.substr(2)) {
    if (!is_digit(c)) return std::nullopt;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return weight <= weight_max ? std::optional(weight) : std::nullopt;
}

// What a request's fields say of the codings that matter here.
class weights {
 public:
  // False where an item is malformed.
  bool read(string_view list) noexcept {
    while (!list.empty()) {
      const string_view item = trim(split_off(list, ','));
      if (item.empty()) continue;  // RFC 9110, 5.6.1.2
      if (++items_ > accepted_codings_max || !read_item(item)) return false;
    }
    return true;
  }

  int of(content_coding which) const noexcept {
    return listed_[static_cast<std::size_t>(which)].value_or(any_.value_or(0));
  }
  // Where nothing is said of it, anything else is preferred to it.
  int identity() const noexcept { return identity_.value_or(any_.value_or(0)); }

 private:
  bool read_item(string_view item) noexcept {
    const bool weighted = item.find(';') != string_view::npos;
    const string_view name = trim(split_off(item, ';'));
    std::optional<int> weight = weight_max;
    if (weighted) {
      item = trim(item);
      if (item.size() < 2 || to_lower(item[0]) != 'q' || item[1] != '=') return false;
      weight = parse_weight(item.substr(2));
    }
    if (!weight || !is_token(name)) return false;
    if (std::optional<int>* known = find(name))
      *known = std::min(known->value_or(*weight), *weight);
    return true;
  }

  std::optional<int>* find(string_view name) noexcept {
    if (name == "*") return &any_;
    if (equals_ignoring_case(name, "identity")) return &identity_;
    if (equals_ignoring_case(name, "x-gzip")) name = "gzip";
    for (std::size_t i = 0; i < content_codings; ++i) {
      if (equals_ignoring_case(name, to_string(static_cast<content_coding>(i)))) {
        return &listed_[i];
      }
    }
    return nullptr;
  }

  std::array<std::optional<int>, content_codings> listed_;
  std::optional<int> any_;
  std::optional<int> identity_;
  std::size_t items_ = 0;
};

}  // namespace

string_view to_string(content_coding which) noexcept {
  switch (which) {
    case content_coding::zstd:
      return "zstd";
    case content_coding::br:
      return "br";
    case content_coding::gzip:
      return "gzip";
  }
  return "";
}

coding_choice choose_coding(const field_list& request,
                            std::span<const content_coding> ours) noexcept {
  weights wanted;
  bool any = false;
  for (const field& item : request) {
    if (!equals_ignoring_case(item.name(), "accept-encoding")) continue;
    any = true;
    if (!wanted.read(item.value())) return {std::nullopt, "Accept-Encoding is malformed"};
  }
  if (!any) return {std::nullopt, "the client says nothing of encodings"};
  coding_choice best{std::nullopt, "the client accepts none of these encodings"};
  int highest = 0;
  for (const content_coding each : ours) {
    if (wanted.of(each) <= highest) continue;
    highest = wanted.of(each);
    best = {each, {}};
  }
  if (best.coding && wanted.identity() > highest) {
    return {std::nullopt, "the client prefers no encoding"};
  }
  return best;
}

}  // namespace ferroway::http
