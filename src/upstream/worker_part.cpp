#include "upstream/worker_part.hpp"

#include <algorithm>

#include "upstream/upstream.hpp"

namespace ferroway::upstream {
namespace {

// Of its share, right after its start.
constexpr double first_share = 0.1;
// Draws before somebody who is in its slow start is taken all the same.
constexpr int slow_draws_max = 4;
// Draws before another endpoint is looked for one by one.
constexpr int other_draws_max = 4;

// A failure on trial costs a request that can be repeated nothing but time, so the trial waits so
// long for one; then any request is tried, since there may be no others.
constexpr duration patience_for_trial = std::chrono::seconds(1);
// While those whose ejection is over have as much in flight as they may.
constexpr duration looks_for_trial_every = std::chrono::milliseconds(100);

}  // namespace

worker_part::worker_part(worker_resources& worker, upstream& of,
                         telemetry::upstream_stats::cell& counted)
    : counted(counted), worker_(worker), of_(of) {
  pools_.reserve(of.size());
  for (std::size_t i = 0; i < of.size(); ++i) pools_.push_back(&of.at(i).pool(worker));
  only_ = pools_.size() == 1 && !of.watched() && of.limits() == nullptr;
  of.balance().begin(worker.random);
  warm_up();
}

void worker_part::warm_up() {
  if (of_.made_from().warm == 0) return;
  for (std::size_t i = 0; i < of_.size(); ++i) warm_up(i);
}

void worker_part::warm_up(std::size_t endpoint) {
  const auto& at = of_.at(endpoint);
  if (worker_.beside == nullptr || !at.health.available()) return;
  pools_[endpoint]->warm_up(
      *worker_.beside, {at.address, at.other, of_.connect_timeout(), worker_.index, of_.stats()});
}

std::size_t worker_part::choose(exchange& ex, std::span<const std::uint32_t> tried, bool repeatable,
                                const request_limits* by) {
  const time_point now = ex.worker.loop.now();
  if (seen_ != of_.group().version.load(std::memory_order_acquire)) [[unlikely]]
    look_again();
  on_trial_ = false;
  if (now >= trial_due_ && tried.empty()) [[unlikely]] {
    const std::size_t due = begin_trial(ex, repeatable, by);
    if (due != nobody) {
      on_trial_ = true;
      of_.at(due).stats()->of(ex.worker.index).picks.add();
      return due;
    }
  }
  if (among_.turns.empty()) return nobody;
  const pick_input in{ex.worker.random, now, &ex};
  std::uint32_t picked = 0;
  by_cookie_ = false;
  if (const auto known = known_to(ex); known && tried.empty()) {
    picked = *known;
    by_cookie_ = true;
  } else {
    picked = pick_one(in);
  }
  if (!tried.empty()) picked = other_than(tried, in, picked);
  if (by != nullptr) [[unlikely]] {
    const std::size_t has_room = with_room(*by, tried, in, picked);
    if (has_room == full) return full;
    by_cookie_ = by_cookie_ && has_room == picked;
    picked = static_cast<std::uint32_t>(has_room);
  }
  of_.at(picked).stats()->of(ex.worker.index).picks.add();
  return picked;
}

// Takes a place of the one picked, or of another that the balancer picks instead, or of the next
// one that has any. One that has been tried counts where all have been: the others are worth a
// wait.
std::size_t worker_part::with_room(const request_limits& by, std::span<const std::uint32_t> tried,
                                   const pick_input& in, std::uint32_t picked) {
  const auto was_tried = [&](std::uint32_t index) {
    return std::ranges::find(tried, index) != tried.end();
  };
  if (by.claim(of_.at(picked))) return picked;
  const bool all_tried = was_tried(picked);
  for (int draw = 0; draw < other_draws_max && among_.count > 1; ++draw) {
    const std::uint32_t other = pick_one(in);
    if ((all_tried || !was_tried(other)) && by.claim(of_.at(other))) return other;
  }
  for (std::size_t i = 1; i < of_.size(); ++i) {
    const auto next = static_cast<std::uint32_t>((picked + i) % of_.size());
    if (among_.may_take[next] == 0 || (!all_tried && was_tried(next))) continue;
    if (by.claim(of_.at(next))) return next;
  }
  return full;
}

// The endpoint that a cookie of ours names, while it is available.
std::optional<std::uint32_t> worker_part::known_to(exchange& ex) const {
  if (of_.sticky() == nullptr) [[likely]]
    return std::nullopt;
  const std::optional<std::uint32_t> known = of_.sticky()->find(ex);
  return known && among_.may_take[*known] != 0 ? known : std::nullopt;
}

std::uint32_t worker_part::pick_one(const pick_input& in) {
  std::uint32_t picked = of_.balance().pick(in, among_);
  if (in.now >= slow_until_) return picked;
  for (int draw = 0; draw < slow_draws_max && starts_slowly(picked, in); ++draw) {
    picked = of_.balance().pick(in, among_);
  }
  return picked;
}

// Whether it is the turn of others, since it has just come (back).
bool worker_part::starts_slowly(std::uint32_t index, const pick_input& in) const {
  const duration whole = of_.made_from().slow_start;
  const time_point since = of_.at(index).health.available_since();
  if (since == time_point::min() || in.now - since >= whole) return false;
  const double part =
      static_cast<double>((in.now - since).count()) / static_cast<double>(whole.count());
  constexpr std::uint64_t parts = 1'000'000;
  return in.random.below(parts) >= static_cast<std::uint64_t>(std::max(part, first_share) * parts);
}

// Where all have been tried, it is that one again.
std::uint32_t worker_part::other_than(std::span<const std::uint32_t> tried, const pick_input& in,
                                      std::uint32_t picked) {
  const auto was_tried = [&](std::uint32_t index) {
    return std::ranges::find(tried, index) != tried.end();
  };
  for (int draw = 0; draw < other_draws_max && was_tried(picked); ++draw) picked = pick_one(in);
  if (!was_tried(picked)) return picked;
  const std::size_t count = among_.turns.size();
  const std::size_t first = in.random.below(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t next = among_.turns[(first + i) % count];
    if (!was_tried(next)) return next;
  }
  return picked;
}

std::size_t worker_part::begin_trial(const exchange& ex, bool repeatable,
                                     const request_limits* by) {
  const time_point now = ex.worker.loop.now();
  const bool any = among_.turns.empty() || now - trial_due_ >= patience_for_trial;
  if (!repeatable && !any) return nobody;
  std::size_t begun = nobody;
  bool all_busy = false;
  for (std::size_t i = 0; i < of_.size() && begun == nobody; ++i) {
    endpoint& each = of_.at(i);
    if (each.health.trial_due() > now) continue;
    if (by != nullptr && !by->claim(each)) {
      all_busy = true;
    } else if (each.health.begin_trial(ex.worker.loop)) {
      begun = i;
    } else if (by != nullptr) {
      each.load.ended();
    }
  }
  look_again();
  // What it has in flight still fills it.
  if (begun == nobody && all_busy) trial_due_ = std::max(trial_due_, now + looks_for_trial_every);
  return begun;
}

// What this worker knows of the endpoints, anew.
void worker_part::look_again() {
  // First: what changes from here on is seen the next time.
  seen_ = of_.group().version.load(std::memory_order_acquire);
  const config::upstream& from = of_.made_from();
  const duration slow_start = of_.balance().starts_slowly() ? from.slow_start : duration(0);
  std::vector<candidate> all;
  all.reserve(of_.size());
  trial_due_ = never;
  slow_until_ = time_point::min();
  for (std::size_t i = 0; i < of_.size(); ++i) {
    const endpoint& each = of_.at(i);
    const bool available = each.health.available();
    const bool was_out = i < among_.all.size() && !among_.all[i].available;
    if (available && was_out && from.warm > 0) warm_up(i);
    all.push_back({&each.load, from.endpoints[i].weight, from.endpoints[i].priority, available});
    if (each.health.is() == endpoint_health::state::ejected) {
      trial_due_ = std::min(trial_due_, each.health.trial_due());
    }
    const time_point since = each.health.available_since();
    if (available && slow_start > duration(0) && since != time_point::min()) {
      slow_until_ = std::max(slow_until_, since + slow_start);
    }
  }
  among_ = choose_from(std::move(all), from.panic_threshold);
}

std::string worker_part::why(exchange& ex, std::size_t picked) {
  std::string text = how_picked(ex, picked);
  if (of_.made_from().endpoints[picked].is_name()) text += "; a name, resolved at run time";
  if (of_.limits() != nullptr) text += of_.limits()->shown(of_.at(picked));
  return text;
}

std::string worker_part::how_picked(exchange& ex, std::size_t picked) {
  if (pools_.size() == 1) return "the only one";
  if (on_trial_) return "on trial: it has been ejected, and one request says whether it is well";
  if (by_cookie_) return "sticky: the one that the client's cookie names";
  const pick_input in{ex.worker.random, ex.worker.loop.now(), &ex};
  std::string text = of_.balance().why(in, among_, static_cast<std::uint32_t>(picked));
  if (among_.priority > 0) text += "; of priority " + std::to_string(among_.priority);
  const std::size_t out = among_.all.size() - among_.available;
  if (among_.panic) text += "; panic: " + std::to_string(out) + " are not available, all are used";
  if (!among_.panic && out > 0) text += "; " + std::to_string(out) + " not available";
  return text;
}

}  // namespace ferroway::upstream
