#include "io/simulated_world.hpp"

#include <algorithm>
#include <cassert>

#include "io/simulated_loop.hpp"
#include "io/simulated_stream.hpp"

namespace ferroway::io {
namespace {

constexpr std::uint16_t first_client_port = 32768;
constexpr std::uint16_t client_ports = 28000;

ip_address loopback() { return *ip_address::parse("127.0.0.1"); }

// Which of a connection's directions fails, how and when, is decided when it is made.
void plan_mishap(simulated_pipe& pipe, const simulated_faults& faults, random_source& random) {
  using mishap = simulated_pipe::mishap;
  if (random.chance(faults.reset)) {
    pipe.planned = mishap::reset;
  } else if (random.chance(faults.end_early)) {
    pipe.planned = mishap::end_early;
  } else if (random.chance(faults.hang)) {
    pipe.planned = mishap::hang;
  }
  if (pipe.planned != mishap::none) pipe.bytes_until_mishap = random.below(faults.after_bytes_max);
}

}  // namespace

time_point simulated_world::start() noexcept { return time_point(std::chrono::hours(1)); }

simulated_world::simulated_world(const simulated_settings& settings)
    : settings_(settings), random_(settings.seed) {}

simulated_world::~simulated_world() { assert(loops_.empty()); }

std::unique_ptr<loop> simulated_world::make_loop(const buffer_pool::settings& memory) {
  return make_loop(memory, loopback());
}

std::unique_ptr<loop> simulated_world::make_loop(const buffer_pool::settings& memory,
                                                 const ip_address& from) {
  return std::make_unique<simulated_loop>(*this, memory, from);
}

// Time.

void simulated_world::at(time_point when, action what) { events_.emplace(when, std::move(what)); }

time_point simulated_world::arrival() noexcept {
  const duration spread = settings_.delay_max - settings_.delay_min;
  if (spread <= duration::zero()) return now_ + settings_.delay_min;
  const auto extra = random_.below(static_cast<std::uint64_t>(spread.count()) + 1);
  return now_ + settings_.delay_min + duration(static_cast<std::int64_t>(extra));
}

time_point simulated_world::next_time() const noexcept {
  time_point next = events_.empty() ? never : events_.begin()->first;
  for (simulated_loop* each : loops_) next = std::min(next, each->next_timer());
  return next;
}

void simulated_world::run_due() {
  while (!events_.empty() && events_.begin()->first <= now_) {
    action due = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    due();
  }
}

bool simulated_world::step(time_point until) {
  run_due();
  bool turned = false;
  // A loop may be made or destroyed by what runs in a turn, which a range would not survive.
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    if (!loops_[i]->has_work()) continue;
    loops_[i]->turn();
    turned = true;
  }
  if (turned) return true;
  const time_point next = next_time();
  if (next == never || next > until) {
    if (until != never) now_ = std::max(now_, until);
    return false;
  }
  now_ = std::max(now_, next);
  return true;
}

bool simulated_world::run_until(const std::function<bool()>& condition, time_point deadline) {
  while (!condition()) {
    if (!step(deadline)) return condition();
  }
  return true;
}

void simulated_world::run_for(duration length) {
  const time_point until = deadline_after(now_, length);
  while (step(until)) {
  }
}

// Connections.

void simulated_world::begin_connect(simulated_loop& from, connect_operation& wanted) {
  const std::uint64_t number = next_connect_++;
  connects_.emplace(number, &wanted);
  const auto lost = down_.find(wanted.to().text());
  if (lost != down_.end() && lost->second == loss::silent) return;
  if (random_.chance(faults_of(wanted.to()).connect_hangs)) return;
  at(arrival(), [this, &from, number] { finish_connect(from, number); });
}

void simulated_world::abandon_connect(connect_operation& wanted) noexcept {
  std::erase_if(connects_, [&wanted](const auto& each) { return each.second == &wanted; });
}

void simulated_world::finish_connect(simulated_loop& from, std::uint64_t number) {
  const auto found = connects_.find(number);
  if (found == connects_.end()) return;
  connect_operation& waiting = *found->second;
  connects_.erase(found);
  simulated_listener* listener = pick_listener(waiting.to());
  if (listener == nullptr && !waiting.to().is_ip() && !down_.contains(waiting.to().text())) {
    waiting.complete(fail(fault::unreachable, side::local, "connect", true));
    return;
  }
  if (listener == nullptr || random_.chance(faults_of(waiting.to()).refuse)) {
    waiting.complete(fail(fault::refused, side::local, "connect", true));
    return;
  }
  waiting.complete(make_connection(from, *listener));
}

simulated_listener* simulated_world::pick_listener(const address& to) noexcept {
  const std::string name = to.text();
  if (down_.contains(name)) return nullptr;
  auto [first, last] = listeners_.equal_range(name);
  if (first == last && to.is_ip()) {
    // One that listens on every address.
    std::tie(first, last) = listeners_.equal_range(address::of_ip({}, to.port()).text());
  }
  const auto count = static_cast<std::uint64_t>(std::distance(first, last));
  if (count == 0) return nullptr;
  return std::next(first, static_cast<std::ptrdiff_t>(random_.below(count)))->second;
}

std::unique_ptr<simulated_stream> simulated_world::make_connection(simulated_loop& from,
                                                                   simulated_listener& listener) {
  auto link = std::make_shared<simulated_link>();
  link->server = listener.bound();
  for (simulated_pipe& pipe : link->towards) plan_mishap(pipe, faults_of(link->server), random_);
  remember(link);
  address client = address::of_path({});
  if (link->server.is_ip()) {
    const auto port = static_cast<std::uint16_t>(first_client_port + next_port_++ % client_ports);
    client = address::of_ip(from.from(), port);
  }
  auto made = std::make_unique<simulated_stream>(from, link, 0, client, link->server);
  listener.arrive(std::make_unique<simulated_stream>(listener.on(), link, 1, link->server, client));
  return made;
}

void simulated_world::remember(const std::shared_ptr<simulated_link>& link) {
  // Room is made when the vector would grow, so that forgetting costs little.
  if (links_.size() == links_.capacity()) {
    std::erase_if(links_, [](const auto& each) { return each.expired(); });
    links_.reserve(links_.size() * 2 + 64);
  }
  links_.push_back(link);
}

// Faults.

void simulated_world::set_faults(const address& to, const simulated_faults& faults) {
  faults_[to.text()] = faults;
}

const simulated_faults& simulated_world::faults_of(const address& to) const noexcept {
  const auto own = faults_.find(to.text());
  return own != faults_.end() ? own->second : settings_.faults;
}

void simulated_world::take_down(const address& at, loss how) {
  down_[at.text()] = how;
  for (const auto& each : links_) {
    const std::shared_ptr<simulated_link> link = each.lock();
    if (!link || link->server != at) continue;
    for (unsigned side = 0; side < 2; ++side) {
      link->towards[side].lost = true;
      if (how == loss::silent) continue;
      link->reset[side] = std::min(link->reset[side], now_);
      this->at(now_, [link, side] {
        if (link->sides[side] != nullptr) link->sides[side]->proceed();
      });
    }
  }
}

void simulated_world::bring_up(const address& at) { down_.erase(at.text()); }

}  // namespace ferroway::io
