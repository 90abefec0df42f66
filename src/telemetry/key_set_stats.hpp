// What is counted of one key set that is fetched. Written by whoever fetches it, seldom; any
// thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace ferroway::telemetry {

struct key_set_state {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::size_t keys = 0;    // in use
  wall_time fetched_at{};  // the last time that it was had; the epoch: never
};

class key_set_stats {
 public:
  key_set_stats(std::string_view name, std::uint32_t /*workers*/) : name_(name) {}
  const std::string& name() const noexcept { return name_; }

  void fetched(std::size_t keys, wall_time at) {
    const std::scoped_lock lock(mutex_);
    ++state_.succeeded;
    state_.keys = keys;
    state_.fetched_at = at;
  }
  void failed() {
    const std::scoped_lock lock(mutex_);
    ++state_.failed;
  }
  key_set_state state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
  }

 private:
  const std::string name_;
  mutable std::mutex mutex_;
  key_set_state state_;
};

}  // namespace ferroway::telemetry
