// Bytes to be sent, in order: owned buffers, and text that outlives the send (string literals, the
// arena of an exchange that flushes before it ends). A send takes it whole.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/buffer.hpp"

namespace ferroway::io {

class gather {
 public:
  static constexpr std::size_t parts_max = 4;

  gather() = default;
  explicit gather(buffer bytes) { add(std::move(bytes)); }
  gather(gather&&) = default;
  gather& operator=(gather&&) = default;

  void add(buffer bytes) {
    if (bytes.empty()) return;
    assert(count_ < parts_max);
    part& next = parts_[count_++];
    next.bytes = bytes.view();
    next.owner = std::move(bytes);
  }
  // `text` must stay until the send, and a later flush, have succeeded.
  void add_borrowed(std::string_view text) {
    if (text.empty()) return;
    assert(count_ < parts_max);
    parts_[count_++].bytes = text;
  }

  std::size_t count() const noexcept { return count_ - first_; }
  bool empty() const noexcept { return first_ == count_; }
  std::string_view operator[](std::size_t index) const noexcept {
    return parts_[first_ + index].bytes;
  }
  std::size_t size() const noexcept {
    std::size_t bytes = 0;
    for (std::size_t i = first_; i < count_; ++i) bytes += parts_[i].bytes.size();
    return bytes;
  }

  // Drops the first `bytes`; buffers that are used up go back to their pool.
  void consume(std::size_t bytes) noexcept {
    while (first_ < count_ && bytes >= parts_[first_].bytes.size()) {
      bytes -= parts_[first_].bytes.size();
      parts_[first_].owner.release();
      ++first_;
    }
    if (first_ < count_) parts_[first_].bytes.remove_prefix(bytes);
  }

 private:
  struct part {
    std::string_view bytes;
    buffer owner;
  };
  std::array<part, parts_max> parts_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace ferroway::io
