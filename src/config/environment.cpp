#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "config/limits.hpp"
#include "config/load.hpp"
#include "config/read_file.hpp"

namespace ferroway::config {
namespace {

class process_environment final : public environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  }
  std::optional<std::string> file(const std::string& path) const override {
    file_text read = read_file(path, body_bytes_max);
    if (!read.problem.empty()) return std::nullopt;
    return std::move(read.text);
  }
};

struct closing {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

file_text read_file(const std::string& path, std::size_t bytes_max) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return {{}, std::strerror(errno)};
  if (S_ISDIR(about.st_mode)) return {{}, "it is a folder"};
  const std::unique_ptr<std::FILE, closing> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return {{}, std::strerror(errno)};
  std::string text;
  char block[64 * 1024];
  while (text.size() <= bytes_max) {
    const std::size_t got = std::fread(block, 1, sizeof(block), file.get());
    if (got == 0) break;
    text.append(block, got);
  }
  if (std::ferror(file.get()) != 0) return {{}, "it cannot be read"};
  if (text.size() > bytes_max) {
    return {{}, "it is larger than " + std::to_string(bytes_max >> 20) + " MiB"};
  }
  return {std::move(text), {}};
}

const environment& system_environment() {
  static const process_environment outside;
  return outside;
}

}  // namespace ferroway::config
