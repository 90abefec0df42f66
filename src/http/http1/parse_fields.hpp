// The field lines that requests, responses and trailer sections share (RFC 9112, section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.hpp"
#include "base/result.hpp"
#include "http/fields.hpp"

namespace ferroway::http1 {

// Which known fields there are, and which more than once: a bit each.
struct field_marks {
  std::uint64_t seen = 0;
  std::uint64_t repeated = 0;

  static constexpr std::uint64_t bit(http::field_id id) {
    return std::uint64_t{1} << static_cast<unsigned>(id);
  }
  bool has(http::field_id id) const noexcept { return (seen & bit(id)) != 0; }
  bool repeats(http::field_id id) const noexcept { return (repeated & bit(id)) != 0; }
  void add(http::field_id id) noexcept {
    repeated |= seen & bit(id);
    seen |= bit(id);
  }
};
static_assert(static_cast<unsigned>(http::field_id::count_) <= 64);

// `lines` were scanned: CRLF after each, the final empty line included, no control bytes. Those in
// `dropped` (bits) are checked and counted, and not kept. Failures: malformed, head_too_large.
result<field_marks> parse_fields(std::string_view lines, std::size_t fields_max,
                                 std::uint64_t dropped, side from, arena& memory,
                                 http::field_list& into);

// Takes a line off the front of `lines`, its CRLF too; false if there is no whole one.
bool take_line(std::string_view& lines, std::string_view& line) noexcept;

}  // namespace ferroway::http1
