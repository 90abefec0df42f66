// Walks over the lines of a head or trailer section as its bytes arrive; each ends in CRLF, and no
// other control byte but HTAB may be in it (RFC 9112, 2.2). Once it has found a fault it finds it
// again on every call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "http/http1/control_scan.hpp"

namespace ferroway::http1 {

enum class line_end : std::uint8_t { not_yet, found, bare_cr, bare_lf, control };

class line_scanner {
 public:
  // `input`: all that has arrived so far, each call with the bytes of the one before in front.
  line_end next(std::string_view input) noexcept {
    if (!after_cr_) {
      const char* stop = find_control(input.data() + at_, input.data() + input.size());
      at_ = static_cast<std::size_t>(stop - input.data());
      if (at_ == input.size()) return line_end::not_yet;
      if (*stop != '\r') return *stop == '\n' ? line_end::bare_lf : line_end::control;
      after_cr_ = true;
      ++at_;
    }
    if (at_ == input.size()) return line_end::not_yet;
    if (input[at_] != '\n') return line_end::bare_cr;
    after_cr_ = false;
    ++at_;
    return line_end::found;
  }

  // Behind the line that was found, else how far it has looked.
  std::size_t at() const noexcept { return at_; }

 private:
  std::size_t at_ = 0;
  bool after_cr_ = false;
};

// For the three kinds of `why` that are faults.
failure line_failure(line_end why, side from) noexcept;

}  // namespace ferroway::http1
