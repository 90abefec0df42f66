// A connection to somebody who has an address of each family, by whichever works: the second way is
// tried when the first has failed or has taken its time, and the first one to stand wins ("happy
// eyeballs", RFC 8305, 5).
#pragma once

#include <memory>

#include "base/task.hpp"
#include "io/loop.hpp"

namespace ferroway::io {

// After which the second way is tried beside the first (RFC 8305, 5: the connection attempt delay).
inline constexpr duration second_way_after = std::chrono::milliseconds(250);

// All arguments outlive it. A second way of no kind is none. Where both fail, the first way's
// failure is returned.
task<result<std::unique_ptr<stream>>> connect_either(loop& on, const address& first,
                                                     const address& second, cancel_scope& scope);

}  // namespace ferroway::io
