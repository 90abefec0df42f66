// A snapshot as one worker serves it. The worker, its listeners and its exchanges lease it; when
// the last lease ends, what this worker holds of upstreams that none of its other generations has
// (idle connections above all) is closed, on the worker's thread. So an exchange finishes on what
// it began with, a reload waits for nobody, and no request costs a lock or a shared counter: leases
// are counted plainly, by one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "exchange/exchange.hpp"
#include "server/snapshot.hpp"

namespace ferroway::server {

class generation {
 public:
  generation(const generation&) = delete;
  generation& operator=(const generation&) = delete;

 private:
  friend class generation_lease;
  generation(std::uint32_t worker, std::shared_ptr<const snapshot> of)
      : worker_(worker), snapshot_(std::move(of)) {
    for (const auto& item : snapshot_->upstreams) item->enter(worker_);
  }
  ~generation() {
    for (const auto& item : snapshot_->upstreams) item->leave(worker_);
  }

  std::uint32_t worker_;
  std::size_t leases_ = 0;
  std::shared_ptr<const snapshot> snapshot_;
};

// Keeps a generation. Never leaves its worker's thread.
class generation_lease {
 public:
  generation_lease() = default;
  // The first lease of a new generation of the worker of that index.
  generation_lease(std::uint32_t worker, std::shared_ptr<const snapshot> of)
      : of_(new generation(worker, std::move(of))) {
    ++of_->leases_;
  }
  generation_lease(const generation_lease& from) noexcept : of_(from.of_) {
    if (of_ != nullptr) ++of_->leases_;
  }
  generation_lease(generation_lease&& from) noexcept : of_(std::exchange(from.of_, nullptr)) {}
  generation_lease& operator=(generation_lease from) noexcept {
    std::swap(of_, from.of_);
    return *this;
  }
  ~generation_lease() {
    if (of_ != nullptr && --of_->leases_ == 0) delete of_;
  }

  const snapshot& operator*() const noexcept { return *of_->snapshot_; }
  const snapshot* operator->() const noexcept { return of_->snapshot_.get(); }

 private:
  generation* of_ = nullptr;
};

}  // namespace ferroway::server
