// What is counted and shown of one name that endpoints have: what it stands for, since when, and
// what went wrong last. Written by whoever resolves it, seldom; any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "io/address.hpp"

namespace ferroway::telemetry {

struct name_state {
  struct place {
    io::ip_address ip;
    std::uint16_t port = 0;  // 0: the endpoint's
    std::uint32_t priority = 0;
    std::uint32_t weight = 1;
    std::optional<io::ip_address> other = {};  // a second way to the same
  };
  std::vector<place> places;
  wall_time resolved_at{};  // the epoch: never
  wall_time failed_at{};    // of the last failure; the epoch: never
  std::string failure;      // that one's reason
  bool failing = false;     // the last lookup failed; what was known before stays
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
};

class name_stats {
 public:
  name_stats(std::string_view name, std::uint32_t /*workers*/) : name_(name) {}
  const std::string& name() const noexcept { return name_; }

  void resolved(std::vector<name_state::place> places, wall_time at);
  void failed(std::string_view why, wall_time at);
  name_state state() const;

 private:
  const std::string name_;
  mutable std::mutex mutex_;
  name_state state_;
};

}  // namespace ferroway::telemetry
