#include "http/http1/head_scanner.hpp"

namespace ferroway::http1 {
namespace {

constexpr std::size_t empty_line_bytes = 2;

}  // namespace

result<head_scanner::verdict> head_scanner::scan(std::string_view head) {
  for (;;) {
    const line_end found = lines_.next(head);
    if (found == line_end::not_yet) return verdict::incomplete;
    if (found != line_end::found) return fail(line_failure(found, from_));
    const std::size_t line_bytes = lines_.at() - line_begin_;
    line_begin_ = lines_.at();
    if (line_bytes != empty_line_bytes) {
      if (!start_line_done_) start_line_bytes_ = line_bytes - empty_line_bytes;
      start_line_done_ = true;
      continue;
    }
    if (start_line_done_) return verdict::complete;
    if (from_ != side::client || ++empty_lines_ > empty_lines_max) {
      return fail(fault::malformed, from_, "empty lines before the head");
    }
    begin_ = lines_.at();
  }
}

result<trailer_scanner::verdict> trailer_scanner::scan(std::string_view section) {
  for (;;) {
    const line_end found = lines_.next(section);
    if (found == line_end::not_yet) return verdict::incomplete;
    if (found != line_end::found) return fail(line_failure(found, from_));
    const std::size_t line_bytes = lines_.at() - line_begin_;
    line_begin_ = lines_.at();
    if (line_bytes == empty_line_bytes) return verdict::complete;
  }
}

}  // namespace ferroway::http1
