// Bytes to be sent, in order: owned buffers, and text that outlives the send. A send takes it
// whole. Small, and moving one costs what it holds: sends hand it on several times.
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

  gather() noexcept = default;
  explicit gather(buffer bytes) noexcept { add(std::move(bytes)); }
  gather(gather&& from) noexcept { take(from); }
  gather& operator=(gather&& from) noexcept {
    if (this != &from) {
      clear();
      take(from);
    }
    return *this;
  }
  ~gather() { clear(); }

  void add(buffer bytes) noexcept {
    if (bytes.empty()) return;
    owned_ = static_cast<std::uint8_t>(owned_ | 1U << count_);
    new (&append().owner) buffer(std::move(bytes));
  }
  // `text` must stay until the send has ended: it ends when the kernel has all of it.
  void add_borrowed(std::string_view text) noexcept {
    if (text.empty()) return;
    new (&append().text) std::string_view(text);
    borrows_ = true;
  }
  // `text` (at most short_max bytes, once per gather) is kept in here: chunk sizes and the like.
  void add_short(std::string_view text) noexcept {
    assert(text.size() <= short_max && short_part_ == parts_max);
    short_part_ = count_;
    short_end_ = static_cast<std::uint8_t>(text.size());
    std::memcpy(short_.data(), text.data(), text.size());
    append();
  }

  std::size_t count() const noexcept { return std::size_t{count_} - first_; }
  bool empty() const noexcept { return first_ == count_; }
  std::string_view operator[](std::size_t index) const noexcept { return bytes_of(first_ + index); }
  // Some of it belongs to somebody else.
  bool borrows() const noexcept { return borrows_; }
  std::size_t size() const noexcept {
    std::size_t bytes = 0;
    for (std::size_t i = first_; i < count_; ++i) bytes += bytes_of(i).size();
    return bytes;
  }

  // Drops the first `bytes`; buffers that are used up go back to their pool.
  void consume(std::size_t bytes) noexcept {
    while (first_ < count_ && bytes >= bytes_of(first_).size()) {
      bytes -= bytes_of(first_).size();
      drop_first();
    }
    if (empty()) return;
    if (first_ == short_part_) {
      short_begin_ = static_cast<std::uint8_t>(short_begin_ + bytes);
    } else if (owns(first_)) {
      parts_[first_].owner.consume(bytes);
    } else {
      parts_[first_].text.remove_prefix(bytes);
    }
  }
  // Drops all of it.
  void clear() noexcept {
    while (!empty()) drop_first();
  }

 private:
  // Which member it has: owned_ and short_part_ say so.
  union part {
    part() noexcept {}
    ~part() {}
    buffer owner;
    std::string_view text;
  };

  bool owns(std::size_t index) const noexcept { return (owned_ >> index & 1U) != 0; }
  std::string_view bytes_of(std::size_t index) const noexcept {
    if (index == short_part_) {
      return {short_.data() + short_begin_, std::size_t{short_end_} - short_begin_};
    }
    return owns(index) ? parts_[index].owner.view() : parts_[index].text;
  }
  part& append() noexcept {
    assert(count_ < parts_max);
    return parts_[count_++];
  }
  void drop_first() noexcept {
    if (owns(first_)) parts_[first_].owner.~buffer();
    ++first_;
  }
  // Into an empty one.
  void take(gather& from) noexcept {
    first_ = from.first_;
    count_ = from.count_;
    owned_ = from.owned_;
    borrows_ = from.borrows_;
    short_part_ = from.short_part_;
    short_begin_ = from.short_begin_;
    short_end_ = from.short_end_;
    if (short_part_ != parts_max) short_ = from.short_;
    for (std::size_t i = first_; i < count_; ++i) {
      if (owns(i)) {
        new (&parts_[i].owner) buffer(std::move(from.parts_[i].owner));
      } else if (i != short_part_) {
        new (&parts_[i].text) std::string_view(from.parts_[i].text);
      }
    }
    from.clear();
    from.first_ = from.count_ = from.owned_ = 0;
    from.borrows_ = false;
    from.short_part_ = parts_max;
    from.short_begin_ = 0;
  }

  std::array<part, parts_max> parts_;
  std::uint8_t first_ = 0;
  std::uint8_t count_ = 0;
  std::uint8_t owned_ = 0;               // a bit for each part
  std::uint8_t short_part_ = parts_max;  // which part is kept in short_; parts_max: none
  std::uint8_t short_begin_ = 0;
  std::uint8_t short_end_ = 0;
  bool borrows_ = false;
  std::array<char, short_max> short_;
};

static_assert(sizeof(gather) <= 96);

}  // namespace ferroway::io
