#include "server/name_follower.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "base/spawn.hpp"
#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

using telemetry::log_level;

// After a lookup that failed: twice as long each time.
constexpr duration pause_min = std::chrono::seconds(1);
constexpr duration pause_max = std::chrono::seconds(30);

// Names that are asked for at once; more of them begin one after the other.
constexpr std::size_t at_once_max = 64;
constexpr duration apart = std::chrono::milliseconds(2);

// How often versions are looked at that nobody may use any more.
constexpr duration sweep_interval = std::chrono::seconds(1);

// Of a change, in the log.
constexpr std::size_t logged_addresses_max = 8;

std::string text_of(const upstream::resolved_place& place) {
  if (place.port == 0) return place.ip.text();
  return io::address::of_ip(place.ip, place.port).text();
}

// Those of `these` that are not in `others`.
std::string listed(const upstream::resolved_places& these,
                   const upstream::resolved_places& others) {
  std::set<std::string> known;
  for (const auto& each : others) known.insert(text_of(each));
  std::string text;
  std::size_t count = 0;
  for (const auto& each : these) {
    const std::string one = text_of(each);
    if (known.contains(one) || ++count > logged_addresses_max) continue;
    if (!text.empty()) text += ", ";
    text += one;
  }
  if (count > logged_addresses_max) {
    text += " and " + std::to_string(count - logged_addresses_max) + " more";
  }
  return text;
}

std::vector<telemetry::name_state::place> shown(const upstream::resolved_places& all) {
  std::vector<telemetry::name_state::place> made;
  made.reserve(all.size());
  for (const auto& each : all)
    made.push_back({each.ip, each.port, each.priority, each.weight, each.other});
  return made;
}

constexpr failure over{fault::cancelled, side::local, false, "no longer in use"};
constexpr failure changed{fault::cancelled, side::local, false, "who is asked has changed"};

}  // namespace

// A name that is kept resolved. Lives until its coroutine has ended.
struct name_follower::following {
  following(io::loop& on, const config::endpoint& from, std::shared_ptr<telemetry::name_stats> in)
      : key(from.lookup()),
        name(from.name),
        is_service(from.port == 0),
        scope(on),
        pause(scope),
        stats(std::move(in)) {}

  const std::string key;
  const std::string name;
  const bool is_service;
  io::cancel_scope scope;
  io::cancel_scope pause;  // ends when a lookup is wanted
  std::shared_ptr<telemetry::name_stats> stats;
  users used_by;
  duration next_pause = pause_min;
  bool failing = false;
  bool ended = false;
};

name_follower::name_follower(io::loop& control, std::vector<io::loop*> workers, make_resolver make,
                             telemetry::metrics& counted, std::uint64_t seed)
    : timer(control.timers()),
      control_(control),
      workers_(std::move(workers)),
      make_(std::move(make)),
      counted_(counted),
      random_(seed) {}

name_follower::~name_follower() { assert(names_.empty() && leaving_.empty()); }

void name_follower::follow(const snapshot& now, const config::config& of) {
  const bool others_are_asked = !(by_ == of.names);
  by_ = of.names;
  own_ = upstream::own_addresses(of);
  for (auto& [key, each] : names_) each->used_by.clear();
  std::vector<following*> fresh;
  for (const auto& item : now.upstreams) {
    if (item->resolved() == nullptr) continue;
    for (const config::endpoint& each : item->made_from().endpoints) {
      if (!each.is_name()) continue;
      const auto found = names_.find(each.lookup());
      following& which = found != names_.end() ? *found->second : begin(each);
      if (found == names_.end()) fresh.push_back(&which);
      // One upstream may have a name twice, on two ports.
      if (which.used_by.empty() || which.used_by.back() != item) which.used_by.push_back(item);
    }
    // Its version was made before; what may be an endpoint, or is known of names, may have changed.
    publish(item);
  }
  for (auto each = names_.begin(); each != names_.end();) {
    if (!each->second->used_by.empty()) {
      ++each;
      continue;
    }
    known_.forget(each->first);
    leaving_.push_back(std::move(each->second));
    leaving_.back()->scope.cancel(over);
    each = names_.erase(each);
  }
  if (names_.empty()) resolver_.reset();
  if (!names_.empty() && (others_are_asked || !resolver_)) {
    resolver_ = make_(by_);
    for (auto& [key, each] : names_) each->pause.cancel(changed);
  }
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const auto waits = static_cast<duration::rep>(i < at_once_max ? 0 : i - at_once_max);
    spawn(keep_fresh(*fresh[i], apart * waits));
  }
}

name_follower::following& name_follower::begin(const config::endpoint& name) {
  auto made = std::make_unique<following>(control_, name, counted_.name(name.lookup()));
  following& which = *made;
  names_.emplace(which.key, std::move(made));
  return which;
}

task<> name_follower::keep_fresh(following& which, duration first_pause) {
  which.pause.reset();
  (void)co_await control_.sleep_for(first_pause, which.pause);
  while (!which.scope.cancelled()) {
    which.pause.reset();  // who is asked next is known
    const duration pause = co_await look_up(which);
    (void)co_await control_.sleep_for(pause, which.pause);
  }
  which.ended = true;
  control_.post([this] { sweep(); });
}

task<duration> name_follower::look_up(following& which) {
  // Others may be asked from now on; this lookup ends where it began.
  const std::shared_ptr<upstream::resolver> by = resolver_;
  result<upstream::name_answer> answer =
      which.is_service ? co_await upstream::look_up_service(*by, which.name, which.scope)
                       : co_await upstream::look_up_host(*by, which.name, which.scope);
  if (which.scope.cancelled()) co_return duration(0);
  co_return answer ? resolved(which, std::move(*answer)) : failed(which, answer.error());
}

duration name_follower::resolved(following& which, upstream::name_answer answer) {
  if (std::exchange(which.failing, false)) {
    telemetry::log(log_level::info, "a name is resolved again", {{"name", which.name}});
  }
  which.next_pause = pause_min;
  which.stats->resolved(shown(answer.all), control_.wall_now());
  const upstream::resolved_places* before = known_.find(which.key);
  if (before == nullptr || *before != answer.all) {
    const upstream::resolved_places none;
    const upstream::resolved_places& was = before == nullptr ? none : *before;
    telemetry::log(log_level::info, "the addresses of a name",
                   {{"name", which.name},
                    {"added", listed(answer.all, was)},
                    {"removed", listed(was, answer.all)},
                    {"count", answer.all.size()}});
    known_.set(which.key, std::move(answer.all));
    for (const auto& each : which.used_by) publish(each);
  }
  const duration valid = std::clamp(answer.valid, by_.refresh_min, by_.refresh_max);
  // Up to a tenth more, so that many gateways do not ask at the same moment.
  const auto tenth = static_cast<std::uint64_t>(valid.count() / 10);
  return valid + duration(static_cast<duration::rep>(random_.below(tenth + 1)));
}

duration name_follower::failed(following& which, const failure& why) {
  which.stats->failed(why.detail, control_.wall_now());
  if (!std::exchange(which.failing, true)) {
    telemetry::log(log_level::warning,
                   known_.find(which.key) == nullptr
                       ? "a name is not resolved: it stands for no endpoint"
                       : "a name is not resolved: the addresses known before are kept",
                   {{"name", which.name}, {"reason", why.detail}});
  }
  const duration pause = std::max(which.next_pause, by_.refresh_min);
  which.next_pause = std::min(which.next_pause * 2, pause_max);
  return std::min(pause, by_.refresh_max);
}

// A new version, if what it has now is something else than the newest one's. One without endpoints
// takes no place of one that has some: its names are not resolved yet.
void name_follower::publish(const std::shared_ptr<upstream::upstream>& to) {
  const upstream::upstream& before = to->newest();
  config::upstream wanted = upstream::expand(to->made_from(), known_, own_, to->until_known());
  if (wanted == before.made_from()) return;
  if (wanted.endpoints.empty() && !upstream::stands_for_any(before.made_from(), own_)) return;
  auto next = std::make_shared<upstream::upstream>(
      wanted, static_cast<std::uint32_t>(workers_.size()), &before, control_.now());
  next->count_in(counted_);
  next->serve_on_after(before);
  retired_.push_back(to->resolved()->newest());
  to->resolved()->publish(next);
  for (std::uint32_t i = 0; i < workers_.size(); ++i) {
    workers_[i]->post([to, next, i] { to->resolved()->take(i, next); });
  }
  arm(control_.now() + sweep_interval);
  if (wanted.check.is != config::health_check::kind::none) tell_soon();
}

// Once for all that changes in one turn of the loop: the prober looks at every endpoint there is.
void name_follower::tell_soon() {
  if (std::exchange(telling_, true)) return;
  control_.post([this] {
    telling_ = false;
    if (!ended_) tell_();
  });
}

// Destroyed here and not by the worker that uses one last; then nothing counts in the figures of
// endpoints that are gone.
void name_follower::expired() {
  const auto unused = [](const auto& each) { return each.use_count() == 1; };
  if (std::erase_if(retired_, unused) > 0) counted_.forget_unused();
  if (!retired_.empty()) arm(control_.now() + sweep_interval);
}

void name_follower::sweep() {
  std::erase_if(leaving_, [](const auto& each) { return each->ended; });
  if (leaving_.empty() && names_.empty() && done_) std::exchange(done_, nullptr)();
}

void name_follower::end(std::move_only_function<void()> done) {
  done_ = std::move(done);
  ended_ = true;
  for (auto& [key, each] : names_) {
    leaving_.push_back(std::move(each));
    leaving_.back()->scope.cancel(over);
  }
  names_.clear();
  disarm();
  sweep();
}

}  // namespace ferroway::server
