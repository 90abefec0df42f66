#include "middleware/compress/compressed_body.hpp"

#include <algorithm>
#include <utility>

#include "middleware/compress/compressed_head.hpp"

namespace ferroway {
namespace {

// What a step costs is taken from what this resumption may do at once, so that after a slice the
// next operation waits for its turn.
void yield_for(io::loop& on, std::size_t bytes) noexcept {
  constexpr std::size_t bytes_a_share = 1024;
  for (std::size_t i = 0; i < bytes / bytes_a_share; ++i) {
    if (!on.spend_inline()) return;
  }
}

}  // namespace

result<buffer> compressed_body::take_ready() {
  if (rest().empty()) return buffer{};
  return compress();
}

task<result<buffer>> compressed_body::read(io::cancel_scope& scope) {
  while (!finished_) {
    if (!anything_to_do() && body_.rest == nullptr) end();
    if (!anything_to_do()) {
      result<buffer> piece = co_await body_.rest->read(scope);
      if (!piece) {
        encoder_.give_back();
        co_return piece;
      }
      if (piece->empty()) {
        end();
      } else {
        body_.ready = std::move(*piece);
      }
    }
    result<buffer> out = compress();
    if (!out || !out->empty()) co_return out;
  }
  co_return buffer{};
}

// One buffer's worth of the step under way, or of the next one.
result<buffer> compressed_body::compress() {
  if (!flushing_) {
    slice_ = std::min(rest().size(), slice_bytes_max);
    flushing_ = true;
  }
  const bool last = slice_ == 0 && ended_;
  buffer out = ex_.worker.loop.buffers().acquire();
  const result<encoder::step> did =
      encoder_->advance(rest().substr(0, slice_), out.room(),
                        last ? encoder::until::finished : encoder::until::flushed);
  if (!did) {
    encoder_.give_back();
    return fail(did.error());
  }
  out.grew(did->made);
  consume(did->taken);
  yield_for(ex_.worker.loop, did->taken);
  flushing_ = !did->done;
  finished_ = last && did->done;
  if (finished_) encoder_.give_back();
  return out;
}

void compressed_body::consume(std::size_t bytes) noexcept {
  slice_ -= bytes;
  if (body_.ready.empty()) {
    text_.remove_prefix(bytes);
  } else {
    body_.ready.consume(bytes);
    if (body_.ready.empty()) body_.ready.release();
  }
}

void compressed_body::end() noexcept {
  ended_ = true;
  const http::field_list* theirs = body_.rest == nullptr ? nullptr : body_.rest->trailers();
  if (theirs != nullptr) trailers_ = without_digests(*theirs, ex_.memory);
}

void compressed_body::discard() noexcept {
  encoder_.give_back();
  body_.ready.release();
}

result<buffer> compress_whole(exchange& ex, encoder& by, std::string_view bytes) {
  buffer out = ex.worker.loop.buffers().acquire(bytes.size());
  const std::span<char> room = out.room().first(bytes.size() - 1);
  const result<encoder::step> did = by.advance(bytes, room, encoder::until::finished);
  if (!did) return fail(did.error());
  yield_for(ex.worker.loop, bytes.size());
  if (!did->done) return buffer{};
  out.grew(did->made);
  return out;
}

}  // namespace ferroway
