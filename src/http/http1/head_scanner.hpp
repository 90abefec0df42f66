// Finds the end of an HTTP/1 head (start line and fields, RFC 9112 section 2) as its bytes arrive, and refuses at once
// what no valid head can contain: a bare CR or LF, NUL and other control characters except HTAB, DEL.
// Bytes over 0x7F are left to the parser. Leading empty lines before a request (RFC 9112, 2.2: at least one) are
// skipped, at most two.
//
// The verdict is the same however the input is split. A byte is looked at once (16 or 32 at a time where the CPU can).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace ferroway::http1 {

class head_scanner {
 public:
  enum class verdict : std::uint8_t { incomplete, complete };

  // `head` is everything received so far of this head, each call with the bytes of the one before in front (they may
  // have moved). Failures: malformed.
  result<verdict> scan(std::string_view head);

  // When complete: where the head begins (after skipped empty lines) and the bytes up to and with its final empty
  // line, counted from the beginning of what was scanned.
  std::size_t begin() const noexcept { return begin_; }
  std::size_t end() const noexcept { return at_; }
  // Bytes of the start line so far (for the limit on targets before the line is complete).
  std::size_t start_line_bytes() const noexcept { return start_line_bytes_; }

 private:
  std::size_t begin_ = 0;
  std::size_t at_ = 0;           // looked at so far
  std::size_t line_begin_ = 0;
  std::size_t start_line_bytes_ = 0;
  bool after_cr_ = false;
  bool start_line_done_ = false;
};

}  // namespace ferroway::http1
