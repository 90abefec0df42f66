// Strict JSON (RFC 8259) for tokens and key sets: an object in UTF-8, no name twice in one object
// (RFC 7515, 4 lets a reader refuse that, and whoever reads it otherwise may see another token),
// bounded in bytes, depth and members. simdjson's DOM, which looks at every byte. For the inside of
// this floor; one reader, one thread.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace ferroway::jwt {

class json_reader {
 public:
  static constexpr std::size_t depth_max = 16;
  // Of one object: looking for names that stand twice takes the square of it.
  static constexpr std::size_t members_max = 256;

  explicit json_reader(std::size_t bytes_max);

  // What comes back lives until the next call. Nothing where the text is anything else than one
  // strict object.
  std::optional<simdjson::dom::object> read(std::string_view text);
  // The same of an encoded text; `well_encoded` says whether it was base64url at all.
  std::optional<simdjson::dom::object> read_base64url(std::string_view text, bool& well_encoded);

 private:
  std::optional<simdjson::dom::object> parse(std::size_t bytes);

  std::size_t bytes_max_;
  std::unique_ptr<char[]> text_;  // with the padding that simdjson reads over
  simdjson::dom::parser parser_;
};

// The member of that name, where there is one.
std::optional<simdjson::dom::element> member(const simdjson::dom::object& of,
                                             std::string_view name) noexcept;
// Its text, where it is one.
std::optional<std::string_view> text_of(const simdjson::dom::element& from) noexcept;
std::optional<std::string_view> text_member(const simdjson::dom::object& of,
                                            std::string_view name) noexcept;

}  // namespace ferroway::jwt
