#include "upstream/health_check/prober.hpp"

#include <cassert>
#include <unordered_map>
#include <utility>

#include "base/spawn.hpp"
#include "upstream/health_check/check_once.hpp"

namespace ferroway::upstream {
namespace {

constexpr failure over{fault::cancelled, side::local, false, "this is no longer checked"};

// Of an interval, either way: so that gateways do not ask in step.
constexpr std::uint64_t jitter_percent = 10;

// The first checks come at once, but not all in the same moment.
constexpr duration first_within = std::chrono::milliseconds(100);

}  // namespace

// An endpoint that is asked. Lives until its coroutine has ended.
struct prober::probe {
  probe(io::cancel_scope& parent, std::shared_ptr<endpoint> which, const config::health_check& how)
      : of(std::move(which)), by(how), scope(parent) {}

  void note(const check_result& result, const io::loop& on) {
    of->stats()->checked(result.passed);
    (result.passed ? failed : passed) = 0;
    const std::uint32_t count = result.passed ? ++passed : ++failed;
    // The first check of one that was only assumed to be ill tells at once.
    const bool first = std::exchange(unknown, false) && result.passed;
    const std::uint32_t enough = result.passed ? by.healthy_after : by.unhealthy_after;
    if (count >= enough || first) {
      healthy = result.passed;
      of->health.judge(healthy, result.why, on);
    }
    if (result.passed) of->health.passed_a_check(on);
  }

  const std::shared_ptr<endpoint> of;
  const config::health_check by;
  io::cancel_scope scope;
  std::uint32_t passed = 0;  // in a row
  std::uint32_t failed = 0;
  bool unknown = true;
  bool healthy = true;
};

prober::prober(io::loop& on, std::uint64_t seed) : loop_(on), random_(seed), scope_(on) {}

prober::~prober() { assert(running_ == 0); }

void prober::follow(std::span<const std::shared_ptr<upstream>> all) {
  // None may be lost, were there two of an endpoint: each goes on until it is cancelled.
  std::unordered_multimap<const endpoint*, std::shared_ptr<probe>> before;
  for (auto& each : probes_) before.emplace(each->of.get(), std::move(each));
  probes_.clear();
  for (const auto& each : all) {
    upstream& item = each->newest();
    const config::health_check& by = item.made_from().check;
    if (by.is == config::health_check::kind::none) continue;
    for (std::size_t i = 0; i < item.size(); ++i) {
      const auto known = before.find(&item.at(i));
      if (known != before.end() && known->second->by == by) {
        probes_.push_back(std::move(known->second));
        before.erase(known);
        continue;
      }
      auto made = std::make_shared<probe>(scope_, item.shared(i), by);
      made->healthy = item.at(i).health.passes_checks();
      made->unknown = known == before.end();
      probes_.push_back(made);
      ++running_;
      spawn(run(std::move(made)));
    }
  }
  for (const auto& [which, gone] : before) gone->scope.cancel(over);
  for (const auto& each : all) {
    upstream& item = each->newest();
    if (item.made_from().check.is != config::health_check::kind::none) continue;
    for (std::size_t i = 0; i < item.size(); ++i) {
      item.at(i).health.judge(true, "it is no longer checked", loop_);
    }
  }
}

duration prober::next_pause(const probe& of) {
  const duration whole = of.healthy && of.failed == 0 ? of.by.interval : of.by.unhealthy_interval;
  const std::uint64_t percent = 100 - jitter_percent + random_.below(2 * jitter_percent + 1);
  return whole * static_cast<duration::rep>(percent) / 100;
}

task<> prober::run(std::shared_ptr<probe> mine) {
  const auto wait = static_cast<duration::rep>(
      random_.below(static_cast<std::uint64_t>(std::min(first_within, mine->by.interval).count())));
  result<void> waited = co_await loop_.sleep_for(duration(wait), mine->scope);
  while (waited) {
    const check_result told = co_await check_once(loop_, *mine->of, mine->by, mine->scope);
    if (mine->scope.cancelled()) break;
    mine->note(told, loop_);
    waited = co_await loop_.sleep_for(next_pause(*mine), mine->scope);
  }
  mine.reset();
  ended();
}

void prober::stop(std::move_only_function<void()> done) {
  done_ = std::move(done);
  ++running_;
  probes_.clear();
  scope_.cancel(over);
  ended();
}

void prober::ended() {
  if (--running_ == 0 && done_) std::exchange(done_, nullptr)();
}

}  // namespace ferroway::upstream
