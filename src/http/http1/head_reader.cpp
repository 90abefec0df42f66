#include "http/http1/head_reader.hpp"

#include <algorithm>
#include <cstring>

namespace ferroway::http1 {
namespace {

// What a start line may have besides its target: a method, two spaces, the version and the line's
// end.
constexpr std::size_t start_line_slack = 64;

}  // namespace

result<bool> head_reader::take(buffer& input) {
  const std::size_t held_before = held_;
  if (held_ > 0) hold(input.view());
  const std::string_view seen = held_ > 0 ? std::string_view(block_, held_) : input.view();
  const result<head_scanner::verdict> found = scanner_.scan(seen);
  if (!found) return fail(found.error().kind, from_, found.error().detail);
  if (result<void> within = check_limits(); !within) return fail(within.error());
  if (*found == head_scanner::verdict::incomplete) {
    if (held_ == 0) hold(input.view());
    input.release();
    return false;
  }
  const std::string_view head = seen.substr(scanner_.begin(), scanner_.end() - scanner_.begin());
  head_ = held_ > 0 ? head : memory_.copy(head);
  input.consume(scanner_.end() - held_before);
  if (input.empty()) input.release();
  return true;
}

void head_reader::hold(std::string_view more) {
  if (held_ + more.size() > capacity_) {
    constexpr std::size_t first_block = 1024;
    capacity_ = std::max({first_block, capacity_ * 2, held_ + more.size()});
    char* grown = memory_.allocate_text(capacity_);
    if (held_ > 0) std::memcpy(grown, block_, held_);
    block_ = grown;
  }
  if (!more.empty()) std::memcpy(block_ + held_, more.data(), more.size());
  held_ += more.size();
}

result<void> head_reader::check_limits() const {
  if (from_ == side::client &&
      scanner_.start_line_bytes() > limits_.target_bytes + start_line_slack) {
    return fail(fault::target_too_long, from_, "the request target is longer than allowed");
  }
  if (scanner_.end() - scanner_.begin() > limits_.head_bytes) {
    return fail(fault::head_too_large, from_, "the head is larger than allowed");
  }
  return {};
}

}  // namespace ferroway::http1
