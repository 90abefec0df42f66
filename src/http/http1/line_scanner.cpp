#include "http/http1/line_scanner.hpp"

namespace ferroway::http1 {

failure line_failure(line_end why, side from) noexcept {
  const char* detail = "a control byte in the head";
  if (why == line_end::bare_lf) detail = "a bare line feed in the head";
  if (why == line_end::bare_cr) detail = "a bare carriage return in the head";
  return {.kind = fault::malformed, .from = from, .detail = detail};
}

}  // namespace ferroway::http1
