#include "server/worker_count.hpp"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "base/text.hpp"

namespace ferroway::server {
namespace {

std::optional<std::string> first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

// The path of this process in the unified hierarchy: the line "0::/a/b" of /proc/self/cgroup.
std::string cgroup_path() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "/";
}

// The tightest quota on the way from our cgroup to the root of what we can see.
std::optional<unsigned> quota() {
  std::optional<unsigned> least;
  std::string path = cgroup_path();
  while (true) {
    const std::optional<std::string> line =
        first_line("/sys/fs/cgroup" + (path == "/" ? "" : path) + "/cpu.max");
    if (line) {
      const std::optional<unsigned> cpus = cpus_of_quota(*line);
      if (cpus) least = std::min(*cpus, least.value_or(*cpus));
    }
    if (path.empty() || path == "/") return least;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

}  // namespace

std::optional<unsigned> cpus_of_quota(std::string_view cpu_max) {
  std::string_view rest = trim(cpu_max);
  const std::optional<std::uint64_t> allowed = parse_decimal(split_off(rest, ' '));
  const std::optional<std::uint64_t> period = parse_decimal(trim(rest));
  if (!allowed || !period || *period == 0) return std::nullopt;
  constexpr std::uint64_t most = 4096;
  return static_cast<unsigned>(
      std::clamp<std::uint64_t>(*allowed / *period + (*allowed % *period != 0), 1, most));
}

unsigned usable_cpus() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  unsigned cpus = 1;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    cpus = static_cast<unsigned>(std::max(1, CPU_COUNT(&allowed)));
  }
  return std::min(cpus, quota().value_or(cpus));
}

}  // namespace ferroway::server
