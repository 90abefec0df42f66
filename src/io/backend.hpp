// The one place that knows which backends there are. Chosen once per process, at start-up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "base/result.hpp"

namespace ferroway::io {

class loop;

enum class backend : std::uint8_t { epoll, io_uring };

// "epoll", "io_uring"
std::string_view to_string(backend which) noexcept;
std::optional<backend> parse_backend(std::string_view word) noexcept;

struct backend_choice {
  backend which;
  std::string reason;  // for the start-up log
};

// What serves here: `wanted`, or io_uring wherever it works where nothing particular is wanted.
// Tries io_uring out, with bytes through a ring of its own. The error says why what was wanted
// cannot be had.
std::expected<backend_choice, std::string> choose_backend(std::optional<backend> wanted);

// Fails for want of descriptors or memory, or where the system has no such backend.
result<std::unique_ptr<loop>> make_loop(backend which, const buffer_pool::settings& memory = {});

// Edge-triggered epoll: works on every Linux.
result<std::unique_ptr<loop>> make_epoll_loop(const buffer_pool::settings& memory = {});

}  // namespace ferroway::io
