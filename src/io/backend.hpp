// The one place that knows which backends there are. Chosen once per process, at start-up.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "io/loop.hpp"

namespace ferroway::io {

// Edge-triggered epoll: works on every Linux. Fails only for want of descriptors.
result<std::unique_ptr<loop>> make_epoll_loop(const buffer_pool::settings& memory = {});

}  // namespace ferroway::io
