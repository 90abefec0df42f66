// How many workers this process should have: the CPUs it may use, by affinity and by cgroup quota.
#pragma once

#include <optional>
#include <string_view>

namespace ferroway::server {

// At least 1.
unsigned usable_cpus();

// The CPUs that a cgroup v2 `cpu.max` ("150000 100000", "max 100000") allows, rounded up; nullopt
// for no limit or what cannot be read.
std::optional<unsigned> cpus_of_quota(std::string_view cpu_max);

}  // namespace ferroway::server
