// Whether io_uring can be used on this system, found out by using it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/buffer.hpp"
#include "base/result.hpp"

namespace ferroway::io {

class loop;

// Nothing when bytes went through a ring of the kind that the backend uses; else what stands in the
// way, for the start-up log.
std::optional<std::string> why_no_uring();

result<std::unique_ptr<loop>> make_uring_loop(const buffer_pool::settings& memory = {});

}  // namespace ferroway::io
