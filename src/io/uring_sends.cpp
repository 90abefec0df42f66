#include "io/uring_sends.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/uring_stream.hpp"

namespace ferroway::io {

void uring_send::completed(ring_op, int result, unsigned) noexcept {
  succeeded = false;
  outcome = result;
  if (result < 0 && result != -EAGAIN) by->send_failed(-result);
}

uring_send* uring_sends::try_take() {
  if (used_ == sends_max) return nullptr;
  if (used_ == sends_.size()) sends_.push_back(std::make_unique<uring_send>());
  uring_send* taken = sends_[used_++].get();
  taken->by = nullptr;
  taken->succeeded = true;
  return taken;
}

void uring_sends::settle() noexcept {
  // What settles may start the next send of its stream: that one is of the next submission.
  const std::size_t settled = used_;
  for (std::size_t i = 0; i < settled; ++i) {
    uring_send& done = *sends_[i];
    if (done.by == nullptr) continue;
    uring_stream& by = *std::exchange(done.by, nullptr);
    gather rest = std::move(done.what);
    done.what = {};
    if (done.succeeded) {
      rest = {};
      by.silent_send_succeeded();
    } else {
      by.silent_send_fell_short(done.outcome, std::move(rest));
    }
  }
  if (used_ > settled)
    std::rotate(sends_.begin(), sends_.begin() + static_cast<std::ptrdiff_t>(settled),
                sends_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ -= settled;
}

}  // namespace ferroway::io
