#include "jwt/json.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "jwt/base64url.hpp"

namespace ferroway::jwt {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// simdjson has no parser for less.
constexpr std::size_t capacity_min = 64;

bool is_strict(const element& from);

// Trivial, so that room for 256 of them costs nothing: string_view would have 4 KiB zeroed for each
// object.
struct seen_name {
  const char* begin;
  std::size_t size;
};

bool is_strict_object(const object& from) {
  std::array<seen_name, json_reader::members_max> names;
  std::size_t count = 0;
  for (const simdjson::dom::key_value_pair each : from) {
    if (count == names.size()) return false;
    const std::span seen(names.data(), count);
    const bool again = std::ranges::any_of(seen, [&](const seen_name& one) {
      return std::string_view(one.begin, one.size) == each.key;
    });
    if (again) return false;
    names[count++] = {each.key.data(), each.key.size()};
    if (!is_strict(each.value)) return false;
  }
  return true;
}

bool is_strict_array(const array& from) {
  return std::all_of(from.begin(), from.end(), [](const element& each) { return is_strict(each); });
}

// As deep as simdjson let it be.
bool is_strict(const element& from) {
  object members;
  if (from.get(members) == simdjson::SUCCESS) return is_strict_object(members);
  array items;
  if (from.get(items) == simdjson::SUCCESS) return is_strict_array(items);
  return true;
}

}  // namespace

json_reader::json_reader(std::size_t bytes_max)
    : bytes_max_(bytes_max),
      text_(std::make_unique<char[]>(bytes_max + simdjson::SIMDJSON_PADDING)),
      parser_(std::max(bytes_max, capacity_min)) {}

std::optional<object> json_reader::parse(std::size_t bytes) {
  std::memset(text_.get() + bytes, 0, simdjson::SIMDJSON_PADDING);
  if (parser_.max_depth() != depth_max &&
      parser_.allocate(std::max(bytes_max_, capacity_min), depth_max) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  element root;
  if (parser_.parse(text_.get(), bytes, false).get(root) != simdjson::SUCCESS) return std::nullopt;
  object members;
  if (root.get(members) != simdjson::SUCCESS || !is_strict_object(members)) return std::nullopt;
  return members;
}

std::optional<object> json_reader::read(std::string_view text) {
  if (text.empty() || text.size() > bytes_max_) return std::nullopt;
  std::memcpy(text_.get(), text.data(), text.size());
  return parse(text.size());
}

std::optional<object> json_reader::read_base64url(std::string_view text, bool& well_encoded) {
  well_encoded = false;
  if (decoded_bytes(text.size()) > bytes_max_) return std::nullopt;
  const auto decoded = decode_base64url(text, text_.get());
  if (!decoded) return std::nullopt;
  well_encoded = true;
  if (decoded->empty()) return std::nullopt;
  return parse(decoded->size());
}

std::optional<element> member(const object& of, std::string_view name) noexcept {
  element found;
  if (of.at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

std::optional<std::string_view> text_of(const element& from) noexcept {
  std::string_view text;
  if (from.get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::optional<std::string_view> text_member(const object& of, std::string_view name) noexcept {
  const auto found = member(of, name);
  return found ? text_of(*found) : std::nullopt;
}

}  // namespace ferroway::jwt
