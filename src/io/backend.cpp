#include "io/backend.hpp"

#include "io/loop.hpp"
#include "io/uring_probe.hpp"

namespace ferroway::io {

std::string_view to_string(backend which) noexcept {
  return which == backend::epoll ? "epoll" : "io_uring";
}

std::optional<backend> parse_backend(std::string_view word) noexcept {
  for (const backend known : {backend::epoll, backend::io_uring}) {
    if (word == to_string(known)) return known;
  }
  return std::nullopt;
}

std::expected<backend_choice, std::string> choose_backend(std::optional<backend> wanted) {
  if (wanted == backend::epoll) return backend_choice{backend::epoll, "asked for"};
  const std::optional<std::string> obstacle = why_no_uring();
  if (!obstacle) return backend_choice{backend::io_uring, wanted ? "asked for" : "it works here"};
  if (wanted) return std::unexpected("io_uring cannot be used here: " + *obstacle);
  return backend_choice{backend::epoll, "io_uring cannot be used here: " + *obstacle};
}

result<std::unique_ptr<loop>> make_loop(backend which, const buffer_pool::settings& memory) {
  return which == backend::epoll ? make_epoll_loop(memory) : make_uring_loop(memory);
}

}  // namespace ferroway::io
