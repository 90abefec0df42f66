// Numbers that one thread counts and any thread reads: no lock, no shared write. Each worker has
// cells of its own, on cache lines of their own; a scrape adds them up.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace ferroway::telemetry {

// Counts up, written by one thread: a plain load and store, since nobody else stores.
class counter {
 public:
  void add(std::uint64_t count = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// A Cell for each worker, made when the first of them asks: what has never been used costs a
// pointer. `of(worker)` is that worker's alone.
template <class Cell>
class per_worker {
 public:
  explicit per_worker(std::uint32_t workers) noexcept : workers_(workers) {}
  per_worker(const per_worker&) = delete;
  per_worker& operator=(const per_worker&) = delete;
  ~per_worker() { delete[] cells_.load(std::memory_order_acquire); }

  Cell& of(std::uint32_t worker) noexcept {
    Cell* cells = cells_.load(std::memory_order_acquire);
    if (cells == nullptr) [[unlikely]]
      cells = make();
    return cells[worker];
  }

  bool used() const noexcept { return cells_.load(std::memory_order_acquire) != nullptr; }

  // Of every worker, from any thread.
  template <class Visit>
  void each(Visit visit) const {
    const Cell* cells = cells_.load(std::memory_order_acquire);
    if (cells == nullptr) return;
    for (std::uint32_t i = 0; i < workers_; ++i) visit(cells[i]);
  }

 private:
  [[gnu::noinline]] Cell* make() noexcept {
    auto made = std::make_unique<Cell[]>(workers_);
    Cell* there = nullptr;
    if (!cells_.compare_exchange_strong(there, made.get(), std::memory_order_acq_rel)) return there;
    return made.release();
  }

  std::atomic<Cell*> cells_{nullptr};
  const std::uint32_t workers_;
};

}  // namespace ferroway::telemetry
