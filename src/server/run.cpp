#include "server/run.hpp"

#include <utility>

#include "server/process.hpp"

namespace ferroway::server {

int run(const std::string& file, config::loaded from, std::optional<std::optional<io::backend>> io,
        std::string version) {
  return process(file, std::move(from), io, std::move(version)).run();
}

}  // namespace ferroway::server
