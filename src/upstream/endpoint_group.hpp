// What the endpoints of one upstream have in common, and keep through reloads: every version of the
// upstream has the same group. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "io/slot_table.hpp"

namespace ferroway::upstream {

struct endpoint_group {
  explicit endpoint_group(std::string upstream) : name(std::move(upstream)) {}

  const std::string name;  // of the upstream, for the log
  // Held while the state of an endpoint changes, which happens seldom; nobody waits for it who only
  // picks one.
  std::mutex changing;
  // Held by the one who decides whether another endpoint may be ejected.
  std::mutex ejecting;
  // One more with each change: a worker that sees another one than before looks at all endpoints
  // again (worker_part).
  std::atomic<std::uint64_t> version{1};
  // Requests in flight and waiting, once a version has a limit. Made by whoever makes versions
  // (one thread); they keep it.
  std::shared_ptr<io::slot_table> slots = nullptr;
};

}  // namespace ferroway::upstream
