#include <dirent.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "config/limits.hpp"
#include "config/load.hpp"
#include "config/read_file.hpp"

namespace ferroway::config {
namespace {

struct closing {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

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
  file_text configuration(const std::string& path, std::size_t bytes_max) const override {
    return read_file(path, bytes_max);
  }
  std::expected<std::optional<std::vector<std::string>>, std::string> names_in(
      const std::string& folder) const override {
    const std::unique_ptr<DIR, closing> open(::opendir(folder.c_str()));
    if (!open && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!open) return std::unexpected(std::generic_category().message(errno));
    std::vector<std::string> names;
    while (names.size() < folder_names_max) {
      const dirent* entry = ::readdir(open.get());
      if (entry == nullptr) break;
      names.emplace_back(entry->d_name);
    }
    return names;
  }
};

}  // namespace

const environment& system_environment() {
  static const process_environment outside;
  return outside;
}

}  // namespace ferroway::config
