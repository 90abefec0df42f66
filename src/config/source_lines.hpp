// Where lines begin in a text, and how libyaml's positions (which count characters) become byte
// columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "config/position.hpp"

namespace ferroway::config {

// The bytes of the UTF-8 sequence that `text` begins with; 0 where it is not valid (RFC 3629).
std::size_t utf8_length(std::string_view text) noexcept;

// The offset of the first byte that is not valid UTF-8.
std::optional<std::size_t> invalid_utf8(std::string_view text) noexcept;

class source_lines {
 public:
  // Lines end as YAML 1.1 says: LF, CR, CRLF, NEL, LS, PS. `text` must outlive this.
  explicit source_lines(std::string_view text);

  // Line `number`, from 1, without its end; empty where there is none.
  std::string_view line(std::size_t number) const noexcept;

  // Of a position in this text.
  std::size_t offset_of(position at) const noexcept { return starts_[at.line - 1] + at.column - 1; }

  position of_offset(std::size_t offset) const noexcept;
  // Line and column from 0, the column in characters. Cheap where calls come in the order of the
  // text.
  position of_mark(std::size_t line, std::size_t column) noexcept;

 private:
  std::string_view text_;
  std::vector<std::uint32_t> starts_;
  // Where the last of_mark() ended, so that a walk along one long line stays linear.
  std::size_t walked_line_ = 0;
  std::size_t walked_characters_ = 0;
  std::size_t walked_bytes_ = 0;
};

}  // namespace ferroway::config
