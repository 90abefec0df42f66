#include "http/http1/chunk_decoder.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/http1/control_scan.hpp"

namespace ferroway::http1 {
namespace {

// Four more bits must still fit below 2^63: sizes stay positive for peers that count in signed
// numbers.
constexpr std::uint64_t size_before_shift_max = (std::uint64_t{1} << 59) - 1;

}  // namespace

result<chunk_decoder::step> chunk_decoder::next(std::string_view input) {
  step done;
  if (phase_ != phase::data) {
    const result<std::size_t> framing = read_framing(input);
    if (!framing) return fail(framing.error());
    done.consumed = *framing;
  }
  if (phase_ == phase::data) {
    const std::string_view rest = input.substr(done.consumed);
    done.data = rest.substr(0, std::min<std::uint64_t>(left_, rest.size()));
    done.consumed += done.data.size();
    left_ -= done.data.size();
    if (left_ == 0) phase_ = phase::data_cr;
  }
  done.end_of_data = phase_ == phase::ended;
  return done;
}

// Everything in front of the next data; stops where data begin, at the end of all data, or when
// input runs out.
result<std::size_t> chunk_decoder::read_framing(std::string_view input) {
  std::size_t at = 0;
  while (at < input.size() && phase_ != phase::data && phase_ != phase::ended) {
    const char c = input[at];
    switch (phase_) {
      case phase::size:
        if (const char* wrong = take_size_byte(c)) return fail(fault::malformed, from_, wrong);
        ++at;
        break;
      case phase::extension: {
        const char* stop = find_control(input.data() + at, input.data() + input.size());
        const std::size_t bytes = static_cast<std::size_t>(stop - input.data()) - at;
        line_bytes_ += bytes;
        at += bytes;
        if (line_bytes_ > size_line_bytes_max) {
          return fail(fault::malformed, from_, "a chunk extension that is too long");
        }
        if (at == input.size()) break;
        if (*stop != '\r') {
          return fail(fault::malformed, from_, "a control byte in a chunk extension");
        }
        ++at;
        phase_ = phase::size_lf;
        break;
      }
      case phase::size_lf:
        if (c != '\n')
          return fail(fault::malformed, from_, "a bare carriage return in a chunk size");
        ++at;
        phase_ = left_ == 0 ? phase::ended : phase::data;
        break;
      case phase::data_cr:
      case phase::data_lf:
        if (c != (phase_ == phase::data_cr ? '\r' : '\n')) {
          return fail(fault::malformed, from_, "a chunk that is longer than its size");
        }
        ++at;
        if (phase_ == phase::data_cr) {
          phase_ = phase::data_lf;
        } else {
          phase_ = phase::size;
          any_digit_ = false;
          line_bytes_ = 0;
        }
        break;
      case phase::data:
      case phase::ended:
        break;
    }
  }
  return at;
}

// What is wrong with the byte, or null.
const char* chunk_decoder::take_size_byte(char c) {
  if (++line_bytes_ > size_line_bytes_max) return "a chunk size that is too long";
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (left_ > size_before_shift_max) return "a chunk size that overflows";
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    any_digit_ = true;
    return nullptr;
  }
  if (!any_digit_ || (c != '\r' && c != ';')) return "an invalid chunk size";
  phase_ = c == ';' ? phase::extension : phase::size_lf;
  return nullptr;
}

}  // namespace ferroway::http1
