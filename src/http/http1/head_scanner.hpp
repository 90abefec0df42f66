// Finds the end of an HTTP/1 head (start line and fields, RFC 9112 section 2) as its bytes arrive,
// and refuses at once what no valid head can contain: a bare CR or LF, NUL and other control
// characters except HTAB, DEL. Bytes over 0x7F are left to the parser. Leading empty lines before a
// request (RFC 9112, 2.2: at least one) are skipped, at most two; before a response there are none.
//
// The verdict is the same however the input is split. A byte is looked at once (16 or 32 at a time
// where the CPU can).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "http/http1/line_scanner.hpp"

namespace ferroway::http1 {

enum class scan_verdict : std::uint8_t { incomplete, complete };

class head_scanner {
 public:
  using verdict = scan_verdict;
  static constexpr unsigned empty_lines_max = 2;

  // Whose head it is: a client's request or an upstream's response.
  explicit head_scanner(side from = side::client) noexcept : from_(from) {}

  // `head` is everything received so far of this head, each call with the bytes of the one before
  // in front (they may have moved). Failures: malformed.
  result<verdict> scan(std::string_view head);

  // When complete: where the head begins (after skipped empty lines) and the bytes up to and with
  // its final empty line, counted from the beginning of what was scanned.
  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return lines_.at(); }
  // Bytes of the start line so far (for the limit on targets before the line is complete).
  std::size_t start_line_bytes() const noexcept {
    return start_line_done_ ? start_line_bytes_ : lines_.at() - begin_;
  }

 private:
  side from_;
  std::size_t begin_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t start_line_bytes_ = 0;
  unsigned empty_lines_ = 0;
  line_scanner lines_;
  bool start_line_done_ = false;
};

// The same for the trailer section of a chunked body (RFC 9112, 7.1.2), which may be an empty line
// alone.
class trailer_scanner {
 public:
  using verdict = scan_verdict;
  explicit trailer_scanner(side from) noexcept : from_(from) {}

  // `section` is everything received so far behind the last chunk. Failures: malformed.
  result<verdict> scan(std::string_view section);

  // When complete: the bytes up to and with its final empty line (for parse_trailers).
  std::size_t end() const noexcept { return lines_.at(); }

 private:
  side from_;
  std::size_t line_begin_ = 0;
  line_scanner lines_;
};

}  // namespace ferroway::http1
