#include "io/uring_probe.hpp"

#include "io/loop.hpp"

namespace ferroway::io {

std::optional<std::string> why_no_uring() { return "this build has no io_uring backend yet"; }

result<std::unique_ptr<loop>> make_uring_loop(const buffer_pool::settings&) {
  return fail(fault::unsupported, side::local, "io_uring");
}

}  // namespace ferroway::io
