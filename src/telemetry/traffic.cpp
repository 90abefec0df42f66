#include "telemetry/traffic.hpp"

#include <algorithm>

namespace ferroway::telemetry {
namespace {

constinit std::atomic<std::uint64_t> places_taken{0};

}  // namespace

std::size_t duration_bucket(duration took) noexcept {
  std::size_t bucket = 0;
  while (bucket < duration_bounds.size() && took > duration_bounds[bucket]) ++bucket;
  return bucket;
}

std::uint64_t route_totals::ended() const noexcept {
  std::uint64_t all = 0;
  for (const std::uint64_t count : by_class) all += count;
  return all;
}

void route_totals::add(const route_totals& more) noexcept {
  begun += more.begun;
  bytes_received += more.bytes_received;
  bytes_sent += more.bytes_sent;
  nanoseconds += more.nanoseconds;
  for (std::size_t i = 0; i < by_class.size(); ++i) by_class[i] += more.by_class[i];
  for (std::size_t i = 0; i < by_duration.size(); ++i) by_duration[i] += more.by_duration[i];
}

void route_stats::began(std::uint32_t worker) noexcept {
  if (place() == 0) [[unlikely]]
    take_place();
  cells_.of(worker).begun.add();
}

void route_stats::ended(std::uint32_t worker, const exchange_figures& what) noexcept {
  cell& mine = cells_.of(worker);
  const std::size_t first_digit = what.status / 100;
  mine.by_class[first_digit < status_classes.size() ? first_digit : 0].add();
  mine.nanoseconds.add(static_cast<std::uint64_t>(what.took.count()));
  mine.bytes_received.add(what.bytes_received);
  mine.bytes_sent.add(what.bytes_sent);
  mine.by_duration[duration_bucket(what.took)].add();
}

void route_stats::take_place() noexcept {
  std::uint64_t none = 0;
  place_.compare_exchange_strong(none, places_taken.fetch_add(1) + 1);
}

route_totals route_stats::totals() const noexcept {
  route_totals all;
  cells_.each([&all](const cell& one) {
    route_totals part;
    for (std::size_t i = 0; i < part.by_class.size(); ++i) {
      part.by_class[i] = one.by_class[i].value();
    }
    for (std::size_t i = 0; i < part.by_duration.size(); ++i) {
      part.by_duration[i] = one.by_duration[i].value();
    }
    part.nanoseconds = one.nanoseconds.value();
    part.bytes_received = one.bytes_received.value();
    part.bytes_sent = one.bytes_sent.value();
    // Last, so that no more have ended than have begun.
    part.begun = std::max(one.begun.value(), part.ended());
    all.add(part);
  });
  return all;
}

listener_totals listener_stats::totals() const noexcept {
  listener_totals all;
  cells_.each([&all](const cell& one) {
    const std::uint64_t went = one.went.value();  // first: no more go than have come
    all.open += std::max(one.came.value(), went) - went;
    all.accepted += one.accepted.value();
  });
  return all;
}

middleware_totals middleware_stats::totals() const noexcept {
  middleware_totals all;
  cells_.each([&all](const cell& one) {
    all.passed += one.passed.value();
    all.rejected += one.rejected.value();
    all.would_reject += one.would_reject.value();
    all.crowded += one.crowded.value();
  });
  return all;
}

upstream_totals upstream_stats::totals() const noexcept {
  upstream_totals all;
  all.limited = limited_.load(std::memory_order_relaxed);
  std::uint64_t ended = 0;
  std::uint64_t dequeued = 0;
  cells_.each([&](const cell& one) {
    ended += one.ended.value();
    all.in_flight += one.began.value();
    dequeued += one.dequeued.value();
    all.queued += one.queued.value();
    all.refused += one.refused.value();
    all.waited_in_vain += one.waited_in_vain.value();
    all.connected += one.connected.value();
    all.connect_failed += one.connect_failed.value();
    all.reused += one.reused.value();
    all.retries += one.retries.value();
    all.hedges += one.hedges.value();
  });
  // Read one after the other, while they move.
  all.in_flight -= std::min(all.in_flight, ended);
  all.pending = all.queued - std::min(all.queued, dequeued);
  return all;
}

}  // namespace ferroway::telemetry
