#include "server/watched_files.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace ferroway::server {
namespace {

struct closing {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// The names that `include` may find there. Its own times would tell of every temporary file.
std::string names_in(const std::string& folder) {
  constexpr std::size_t names_max = 10'000;
  const std::unique_ptr<DIR, closing> open(::opendir(folder.c_str()));
  if (!open) return fmt::format("error {}", errno);
  std::vector<std::string> names;
  while (names.size() < names_max) {
    const dirent* entry = ::readdir(open.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::ranges::sort(names);
  std::string all;
  for (const std::string& name : names) all += name + "/";
  return all;
}

std::string signature_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fmt::format("error {}", errno);
  if (S_ISDIR(status.st_mode)) {
    return fmt::format("{} {} {}", status.st_dev, status.st_ino, names_in(path));
  }
  // The change time too: who may read a file is told by nothing else.
  return fmt::format("{} {} {} {}.{} {}.{}", status.st_dev, status.st_ino, status.st_size,
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
                     status.st_ctim.tv_nsec);
}

}  // namespace

void watched_files::follow(std::vector<std::string> paths) {
  std::map<std::string, signatures> wanted;
  for (std::string& path : paths) {
    const auto known = paths_.find(path);
    signatures kept = known == paths_.end() ? signatures{} : std::move(known->second);
    wanted.try_emplace(std::move(path), std::move(kept));
  }
  paths_ = std::move(wanted);
}

void watched_files::forget_acted_on() {
  for (auto& each : paths_) each.second = {};
}

bool watched_files::poll() {
  bool changed = false, all_settled = true;
  for (auto& [path, known] : paths_) {
    std::string now = signature_of(path);
    const bool settled = now == known.seen;
    known.seen = std::move(now);
    all_settled = all_settled && settled;
    changed = changed || (settled && known.seen != known.acted_on);
  }
  if (!changed) return false;
  if (!all_settled && ++waited_ < patience) return false;
  waited_ = 0;
  for (auto& each : paths_) each.second.acted_on = each.second.seen;
  return true;
}

}  // namespace ferroway::server
