// Work that must not hold up a loop, awaited on it: done by the process' pool of threads
// (blocking_pool.hpp); on a simulated loop at once, so that a seed decides everything.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "io/operation.hpp"

namespace ferroway::io {

class loop;

// fault::overloaded where the pool has no room, or none came free in time.
class blocking_operation final : public operation_of<void> {
 public:
  // `what` runs at most once, on another thread, perhaps after this is gone: what it touches must
  // be its own. `client` is a hash of who wants it (blocking_pool).
  blocking_operation(loop& on, std::uint64_t client, std::move_only_function<void()> what,
                     cancel_scope& scope);
  ~blocking_operation();
  void cancel(const failure& why) noexcept override;

 private:
  struct link;
  bool begin() override;

  loop& on_;
  std::uint64_t client_;
  std::move_only_function<void()> what_;
  std::shared_ptr<link> link_;
};

}  // namespace ferroway::io
