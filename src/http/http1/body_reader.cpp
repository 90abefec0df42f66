#include "http/http1/body_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace ferroway::http1 {

using http::framing;

void body_reader::begin(const framing& body, const settings& limits, arena& memory) {
  is_ = body.is;
  left_ = body.length;
  bytes_read_ = 0;
  bytes_max_ = limits.bytes_max.value_or(std::numeric_limits<std::uint64_t>::max());
  idle_timeout_ = limits.idle_timeout;
  trailer_limits_ = &limits.trailers;
  memory_ = &memory;
  chunked_ = is_ == framing::kind::chunked
                 ? memory.make<chunked_state>(memory, limits.trailers, from_)
                 : nullptr;
  done_ = is_ == framing::kind::none || (is_ == framing::kind::length && left_ == 0);
}

std::optional<std::uint64_t> body_reader::bytes_left() const noexcept {
  if (done_) return 0;
  if (is_ == framing::kind::length) return left_;
  return std::nullopt;
}

result<buffer> body_reader::take_ready() {
  if (done_ || input_.empty()) return buffer{};
  return decode();
}

task<result<buffer>> body_reader::read(io::cancel_scope& scope) {
  while (true) {
    if (!input_.empty() && !done_) {
      result<buffer> bytes = decode();
      if (!bytes || !bytes->empty()) co_return bytes;
    }
    if (done_) co_return buffer{};
    result<buffer> received = co_await stream_.receive(
        scope, {idle_timeout_, from_, "the body made no progress"}, room_wanted());
    if (!received) co_return fail(blame(received.error(), from_));
    if (received->empty()) {
      if (is_ != framing::kind::until_close) {
        co_return fail(fault::end_of_stream, from_, "the body ended short");
      }
      done_ = true;
      co_return buffer{};
    }
    input_ = std::move(*received);
  }
}

// Long bodies are carried in large buffers: fewer system calls for each megabyte.
std::size_t body_reader::room_wanted() const noexcept {
  constexpr std::uint64_t long_body = 64 * 1024;
  const bool is_long = is_ == framing::kind::length ? left_ >= long_body : bytes_read_ >= long_body;
  return is_long && loop_.buffers().plenty() ? buffer_pool::large_bytes : buffer_pool::small_bytes;
}

result<buffer> body_reader::decode() {
  result<buffer> bytes =
      is_ == framing::kind::chunked ? take_chunks() : result<buffer>(take_length());
  if (!bytes) return bytes;
  bytes_read_ += bytes->size();
  if (bytes_read_ > bytes_max_) {
    return fail(fault::body_too_large, from_, "the body is larger than allowed");
  }
  return bytes;
}

// Content-Length and until_close: the bytes as they come, up to the body's end.
buffer body_reader::take_length() {
  if (is_ == framing::kind::until_close) return std::exchange(input_, buffer{});
  if (input_.size() <= left_) {
    left_ -= input_.size();
    done_ = left_ == 0;
    return std::exchange(input_, buffer{});
  }
  // The next message follows in the same buffer: the body's part is copied out.
  buffer piece = loop_.buffers().acquire(left_);
  piece.append(input_.view().substr(0, left_));
  input_.consume(left_);
  left_ = 0;
  done_ = true;
  return piece;
}

// All data of `input_`, moved together in place; what follows the last chunk stays in `input_`.
result<buffer> body_reader::take_chunks() {
  if (chunked_->in_trailers) {
    if (result<void> taken = take_trailers(); !taken) return fail(taken.error());
    return buffer{};
  }
  char* const begin = input_.data();
  std::size_t produced = 0;
  std::string_view rest = input_.view();
  while (!rest.empty() && !chunked_->in_trailers) {
    const result<chunk_decoder::step> step = chunked_->decoder.next(rest);
    if (!step) return fail(step.error());
    if (!step->data.empty()) {
      if (begin + produced != step->data.data()) {
        std::memmove(begin + produced, step->data.data(), step->data.size());
      }
      produced += step->data.size();
    }
    rest.remove_prefix(step->consumed);
    chunked_->in_trailers = step->end_of_data;
  }
  buffer data;
  if (produced > 0) {
    buffer following;
    if (!rest.empty()) {
      following = loop_.buffers().acquire(rest.size());
      following.append(rest);
    }
    data = std::exchange(input_, std::move(following));
    data.truncate(produced);
  } else {
    input_.consume(input_.size() - rest.size());
    if (input_.empty()) input_.release();
  }
  if (chunked_->in_trailers && !input_.empty()) {
    if (result<void> taken = take_trailers(); !taken) return fail(taken.error());
  }
  return data;
}

// The section after the last chunk: mostly the empty line alone, else fields and an empty line.
result<void> body_reader::take_trailers() {
  chunked_state& mine = *chunked_;
  if (!mine.any_trailer) {
    if (!mine.trailer_cr && input_.view().front() == '\r') {
      mine.trailer_cr = true;
      input_.consume(1);
    }
    if (mine.trailer_cr) return take_final_line_feed();
    mine.any_trailer = true;
  }
  const result<bool> complete = mine.trailer_reader.take(input_);
  if (!complete) {
    // The reader speaks of heads and targets; here any excess is the same fault.
    return fail(
        complete.error().kind == fault::malformed ? fault::malformed : fault::head_too_large, from_,
        complete.error().detail);
  }
  if (!*complete) return {};
  result<void> parsed = parse_trailers(mine.trailer_reader.head(), trailer_limits_->header_fields,
                                       from_, *memory_, mine.trailers);
  done_ = parsed.has_value();
  return parsed;
}

// No trailers: the carriage return of the empty line has been seen, its line feed may come with the
// next bytes.
result<void> body_reader::take_final_line_feed() {
  if (!input_.empty()) {
    if (input_.view().front() != '\n') {
      return fail(fault::malformed, from_, "a bare carriage return behind the last chunk");
    }
    input_.consume(1);
    done_ = true;
  }
  if (input_.empty()) input_.release();
  return {};
}

}  // namespace ferroway::http1
