#include "upstream/outlier_detector.hpp"

#include <algorithm>
#include <vector>

#include "upstream/upstream.hpp"

namespace ferroway::upstream {
namespace {

// Endpoints whose latency is known, for one of them to be called slow.
constexpr std::size_t compared_min = 3;

const char* in_a_row(const request_outcome& what) noexcept {
  if (what.status != 0) return "answers with 5xx in a row";
  switch (what.why) {
    case fault::refused:
      return "refused connections in a row";
    case fault::unreachable:
      return "unreachable several times in a row";
    case fault::timed_out:
      return "timeouts in a row";
    case fault::reset:
    case fault::end_of_stream:
      return "broken connections in a row";
    default:
      return "malformed answers in a row";
  }
}

// A check that passes proves the contrary. It says nothing of answers that break off: their
// endpoint could be reached.
bool means_unreachable(const request_outcome& what) noexcept {
  return what.status == 0 && !what.broke_off &&
         (what.why == fault::refused || what.why == fault::unreachable ||
          what.why == fault::reset || what.why == fault::end_of_stream);
}

}  // namespace

void outlier_detector::ended(upstream& of, endpoint& at, const request_outcome& what,
                             const io::loop& on) const {
  const bool server_error = what.status >= 500;
  const bool bad = what.status == 0 || (server_error && by_.server_errors);
  if (windows_) count(of, at, what, what.status == 0 || server_error, on);
  if (bad) return failed(of, at, what, on);
  // A trial whose answer may yet break off is believed until the first failure.
  const std::uint32_t held_against = what.goes_on ? by_.consecutive_failures - 1 : 0;
  if (at.record.failures_in_a_row.load(std::memory_order_relaxed) != held_against) [[unlikely]]
    at.record.failures_in_a_row.store(held_against, std::memory_order_relaxed);
  if (what.on_trial) [[unlikely]]
    at.health.trial_succeeded(on);
}

void outlier_detector::failed(upstream& of, endpoint& at, const request_outcome& what,
                              const io::loop& on) const {
  const char* why = in_a_row(what);
  if (what.on_trial) {
    at.health.trial_failed({by_.eject_for, by_.eject_for_max, why, means_unreachable(what)}, on);
    return;
  }
  const std::uint32_t count =
      at.record.failures_in_a_row.fetch_add(1, std::memory_order_relaxed) + 1;
  if (count >= by_.consecutive_failures) eject(of, at, why, means_unreachable(what), on);
}

// In the endpoint's window, which ends with the first request after its time.
void outlier_detector::count(upstream& of, endpoint& at, const request_outcome& what, bool failed,
                             const io::loop& on) const {
  endpoint_record& record = at.record;
  const std::int64_t now = on.now().time_since_epoch().count();
  std::int64_t began = record.window_began.load(std::memory_order_relaxed);
  if (now - began > by_.window.count() &&
      record.window_began.compare_exchange_strong(began, now, std::memory_order_relaxed)) {
    end_window(of, at, on);
  }
  // What end_window divides by does not count failures, so neither do their times.
  if (what.status != 0 && !failed) {
    record.nanoseconds.fetch_add(static_cast<std::uint64_t>(what.took.count()),
                                 std::memory_order_relaxed);
  }
  const std::uint32_t requests = record.requests.fetch_add(1, std::memory_order_relaxed) + 1;
  if (!failed) return;
  const std::uint64_t failures = record.failures.fetch_add(1, std::memory_order_relaxed) + 1;
  if (!by_.error_rate || requests < by_.requests_min || what.on_trial) return;
  if (failures * 100 >= std::uint64_t{requests} * *by_.error_rate) {
    eject(of, at, "too many of its requests fail", false, on);
  }
}

void outlier_detector::end_window(upstream& of, endpoint& at, const io::loop& on) const {
  endpoint_record& record = at.record;
  const std::uint32_t requests = record.requests.exchange(0, std::memory_order_relaxed);
  const std::uint32_t failures = record.failures.exchange(0, std::memory_order_relaxed);
  const std::uint64_t spent = record.nanoseconds.exchange(0, std::memory_order_relaxed);
  const std::uint32_t answers = requests - std::min(failures, requests);
  const std::uint64_t mean = answers < by_.requests_min || answers == 0 ? 0 : spent / answers;
  record.last_mean.store(mean, std::memory_order_relaxed);
  if (!by_.slower_than || mean == 0) return;
  std::vector<std::uint64_t> means;
  for (std::size_t i = 0; i < of.size(); ++i) {
    const std::uint64_t each = of.at(i).record.last_mean.load(std::memory_order_relaxed);
    if (each != 0) means.push_back(each);
  }
  if (means.size() < compared_min) return;
  const std::size_t middle = (means.size() - 1) / 2;
  std::ranges::nth_element(means, means.begin() + static_cast<std::ptrdiff_t>(middle));
  const std::uint64_t median = means[middle];
  if (mean * 100 > median * *by_.slower_than) eject(of, at, "slower than the others", false, on);
}

// One at a time, so that the share is kept; who comes meanwhile leaves it to the next failure.
void outlier_detector::eject(upstream& of, endpoint& at, const char* why, bool unreachable,
                             const io::loop& on) const {
  if (at.health.ejected()) return;
  const std::unique_lock lock(of.group().ejecting, std::try_to_lock);
  if (!lock) return;
  std::size_t out = 0;
  for (std::size_t i = 0; i < of.size(); ++i) out += of.at(i).health.available() ? 0 : 1;
  // One that checks have taken out already is no more out for being ejected too.
  out += at.health.available() ? 1 : 0;
  if (out * 100 > of.size() * by_.eject_at_most) return;
  at.record.failures_in_a_row.store(0, std::memory_order_relaxed);
  (void)at.health.eject({by_.eject_for, by_.eject_for_max, why, unreachable}, on);
}

}  // namespace ferroway::upstream
