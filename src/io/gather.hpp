// Bytes to be sent, in order: owned buffers, and text that outlives the send. A send takes it
// whole.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/buffer.hpp"

namespace ferroway::io {

class gather {
 public:
  static constexpr std::size_t parts_max = 4;
  static constexpr std::size_t short_max = 24;

  gather() = default;
  explicit gather(buffer bytes) { add(std::move(bytes)); }
  gather(gather&&) = default;
  gather& operator=(gather&&) = default;

  void add(buffer bytes) {
    if (bytes.empty()) return;
    part& next = append();
    next.bytes = bytes.view();
    next.owner = std::move(bytes);
  }
  // `text` must stay until the send has ended: it ends when the kernel has all of it.
  void add_borrowed(std::string_view text) {
    if (text.empty()) return;
    append().bytes = text;
    borrows_ = true;
  }
  // `text` (at most short_max bytes, once per gather) is kept in here: chunk sizes and the like.
  void add_short(std::string_view text) noexcept {
    assert(text.size() <= short_max && short_part_ == parts_max);
    short_part_ = count_;
    std::memcpy(short_.data(), text.data(), text.size());
    append().bytes = {short_.data(), text.size()};
  }

  std::size_t count() const noexcept { return count_ - first_; }
  bool empty() const noexcept { return first_ == count_; }
  std::string_view operator[](std::size_t index) const noexcept {
    const std::size_t at = first_ + index;
    const std::string_view bytes = parts_[at].bytes;
    // This object may have moved since it was added.
    if (at == short_part_) return {short_.data() + short_consumed_, bytes.size()};
    return bytes;
  }
  // Some of it belongs to somebody else.
  bool borrows() const noexcept { return borrows_; }
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
    if (first_ == count_) return;
    if (first_ == short_part_) short_consumed_ += static_cast<std::uint8_t>(bytes);
    parts_[first_].bytes.remove_prefix(bytes);
  }

 private:
  struct part {
    std::string_view bytes;
    buffer owner;
  };
  part& append() noexcept {
    assert(count_ < parts_max);
    return parts_[count_++];
  }

  std::array<part, parts_max> parts_;
  std::uint8_t first_ = 0;
  std::uint8_t count_ = 0;
  std::uint8_t short_part_ = parts_max;  // which part is kept in here; parts_max: none
  std::uint8_t short_consumed_ = 0;
  bool borrows_ = false;
  std::array<char, short_max> short_;
};

}  // namespace ferroway::io
