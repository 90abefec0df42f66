#include "telemetry/mirror_stats.hpp"

namespace ferroway::telemetry {

void mirror_stats::ended(std::uint32_t worker, const mirrored_figures& what) noexcept {
  cell& mine = cells_.of(worker);
  if (what.copy == 0) return mine.failed.add();
  (what.copy == what.original ? mine.same : mine.different).add();
  mine.original_nanoseconds.add(static_cast<std::uint64_t>(what.original_took.count()));
  mine.copy_nanoseconds.add(static_cast<std::uint64_t>(what.copy_took.count()));
  mine.original_by_duration[duration_bucket(what.original_took)].add();
  mine.copy_by_duration[duration_bucket(what.copy_took)].add();
}

mirror_totals mirror_stats::totals() const noexcept {
  mirror_totals all;
  cells_.each([&all](const cell& one) {
    all.same += one.same.value();
    all.different += one.different.value();
    all.failed += one.failed.value();
    all.crowded += one.crowded.value();
    all.too_long += one.too_long.value();
    all.original_nanoseconds += one.original_nanoseconds.value();
    all.copy_nanoseconds += one.copy_nanoseconds.value();
    for (std::size_t i = 0; i < duration_buckets; ++i) {
      all.original_by_duration[i] += one.original_by_duration[i].value();
      all.copy_by_duration[i] += one.copy_by_duration[i].value();
    }
  });
  return all;
}

}  // namespace ferroway::telemetry
