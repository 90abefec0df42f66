#include "telemetry/mirror_text.hpp"

#include <string>
#include <vector>

namespace ferroway::telemetry {
namespace {

struct shown_mirror {
  std::string route;
  std::uint32_t in_flight;
  mirror_totals totals;
};

void write_durations(exposition& out, const shown_mirror& each, std::string_view of,
                     const std::array<std::uint64_t, duration_buckets>& by_duration,
                     std::uint64_t nanoseconds) {
  std::uint64_t within = 0;
  for (std::size_t i = 0; i < duration_bounds.size(); ++i) {
    within += by_duration[i];
    const std::string bound = seconds_text(static_cast<std::uint64_t>(duration_bounds[i].count()));
    out.sample({{"route", each.route}, {"of", of}, {"le", bound}}, within, "_bucket");
  }
  within += by_duration.back();
  out.sample({{"route", each.route}, {"of", of}, {"le", "+Inf"}}, within, "_bucket");
  out.sample_seconds({{"route", each.route}, {"of", of}}, nanoseconds, "_sum");
  out.sample({{"route", each.route}, {"of", of}}, within, "_count");
}

}  // namespace

void write_mirrors(exposition& out, const metrics& all) {
  std::vector<shown_mirror> shown;
  for (const auto& each : all.mirrors()) {
    if (shown.size() == mirrors_shown_max) break;
    shown.push_back({each->name(), each->in_flight(), each->totals()});
  }
  if (shown.empty()) return;
  out.family("ferroway_mirrored_total", "counter",
             "Copies of a route's requests: answered with the same status as the original or a "
             "different one, failed (not answered); not made: crowded, too_long.");
  for (const shown_mirror& each : shown) {
    const auto sample = [&](std::string_view outcome, std::uint64_t count) {
      out.sample({{"route", each.route}, {"outcome", outcome}}, count);
    };
    sample("same", each.totals.same);
    sample("different", each.totals.different);
    sample("failed", each.totals.failed);
    sample("crowded", each.totals.crowded);
    sample("too_long", each.totals.too_long);
  }
  out.family("ferroway_mirrored_in_flight", "gauge", "Copies that have begun and not ended.");
  for (const shown_mirror& each : shown) out.sample({{"route", each.route}}, each.in_flight);
  out.family("ferroway_mirrored_duration_seconds", "histogram",
             "Until the answer's head, of the originals and of their copies, where both were "
             "answered.");
  for (const shown_mirror& each : shown) {
    const mirror_totals& totals = each.totals;
    write_durations(out, each, "original", totals.original_by_duration,
                    totals.original_nanoseconds);
    write_durations(out, each, "copy", totals.copy_by_duration, totals.copy_nanoseconds);
  }
}

}  // namespace ferroway::telemetry
