// Bytes of whole lines on their way from one thread to another: a ring with a single producer and a
// single consumer, wait-free on both sides. Owned by the log sink.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace ferroway::telemetry {

class line_ring {
 public:
  // `capacity` is a power of two.
  explicit line_ring(std::size_t capacity)
      : mask_(capacity - 1), bytes_(std::make_unique_for_overwrite<char[]>(capacity)) {}

  // Producer: the line and a newline, or nothing (and counted) where there is no room. Returns how
  // many bytes wait now, 0 if the line is lost.
  std::size_t push(std::string_view line) noexcept {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    const std::size_t waiting = head - tail_.load(std::memory_order_acquire);
    if (line.size() >= capacity() - waiting) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return 0;
    }
    const std::size_t at = head & mask_;
    const std::size_t before_wrap = std::min(line.size(), capacity() - at);
    std::memcpy(bytes_.get() + at, line.data(), before_wrap);
    if (before_wrap != line.size()) [[unlikely]]
      std::memcpy(bytes_.get(), line.data() + before_wrap, line.size() - before_wrap);
    bytes_[(head + line.size()) & mask_] = '\n';
    // Sequentially consistent: the producer looks next at whether the consumer sleeps
    // (log_sink.cpp).
    head_.store(head + line.size() + 1, std::memory_order_seq_cst);
    return waiting + line.size() + 1;
  }

  // Consumer: the bytes that are there, up to the wrap; `pop` gives their room back.
  std::string_view front() const noexcept {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    const std::size_t filled = head_.load(std::memory_order_seq_cst) - tail;
    const std::size_t at = tail & mask_;
    return {bytes_.get() + at, std::min(filled, capacity() - at)};
  }
  bool is_half_full() const noexcept {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    return head_.load(std::memory_order_seq_cst) - tail > capacity() / 2;
  }
  void pop(std::size_t count) noexcept {
    tail_.store(tail_.load(std::memory_order_relaxed) + count, std::memory_order_release);
  }

  std::size_t capacity() const noexcept { return mask_ + 1; }
  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  const std::size_t mask_;
  const std::unique_ptr<char[]> bytes_;
  alignas(64) std::atomic<std::size_t> head_{0};  // written by the producer
  std::atomic<std::uint64_t> dropped_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};  // written by the consumer
};

}  // namespace ferroway::telemetry
