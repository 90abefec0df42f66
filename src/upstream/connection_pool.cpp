#include "upstream/connection_pool.hpp"

#include <utility>

#include "io/connect_either.hpp"

namespace ferroway::upstream {
namespace {

// Of a lifetime, in which connections end.
constexpr int spread_part = 5;

}  // namespace

void connection::peer_did(event) noexcept { home_.went_stale(*this); }

lease connection_pool::unlink(connection& which) noexcept {
  list<connection, in_pool>::remove(which);
  --idle_count_;
  which.stream().watch(nullptr);
  return lease(&which);
}

lease connection_pool::take(bool ask_kernel) {
  while (!idle_.empty()) {
    lease found = unlink(idle_.front());
    if (is_too_old(*found)) [[unlikely]]
      continue;
    const bool doubtful = ask_kernel || found->stream().maybe_unread();
    if (!doubtful || found->stream().quiet()) return found;
  }
  return nullptr;
}

lease connection_pool::adopt(std::unique_ptr<io::stream> stream) {
  auto made = std::make_unique<connection>(loop_, *this, std::move(stream));
  if (settings_.lifetime > duration(0)) made->good_until_ = end_of_life();
  return made;
}

// Somewhere in the last part of the lifetime: connections that were made at once are not all made
// again at once.
time_point connection_pool::end_of_life() {
  const duration spread = settings_.lifetime / spread_part;
  duration less{0};
  if (random_ != nullptr) {
    less = duration(
        static_cast<duration::rep>(random_->below(static_cast<std::uint64_t>(spread.count()) + 1)));
  }
  return deadline_after(loop_.now(), settings_.lifetime - less);
}

connection_pool::~connection_pool() {
  if (self_) *self_ = nullptr;
  close_idle();
}

void connection_pool::warm_up(io::background& beside, const ways& to) {
  if (idle_count_ + opening_ >= settings_.warm_min) return;
  if (!self_) self_ = std::make_shared<connection_pool*>(this);
  for (std::size_t lack = settings_.warm_min - idle_count_ - opening_; lack > 0; --lack) {
    ++opening_;
    beside.start(make_one(beside, self_, to));
  }
}

task<> connection_pool::make_one(io::background& beside, std::shared_ptr<connection_pool*> home,
                                 ways to) {
  io::cancel_scope scope(beside.scope());
  scope.expire_in(to.within);
  result<std::unique_ptr<io::stream>> made =
      co_await io::connect_either(beside.scope().on(), to.first, to.other, scope);
  if (*home == nullptr) co_return;
  connection_pool& pool = **home;
  --pool.opening_;
  telemetry::upstream_stats::cell& counted = to.counted->of(to.worker);
  (made ? counted.connected : counted.connect_failed).add();
  if (!made) co_return;
  lease fresh = pool.adopt(std::move(*made));
  fresh->request_sent = fresh->answer_keeps_alive = true;  // nothing is under way
  pool.give_back(std::move(fresh));
}

void connection_pool::give_back(lease returned) {
  if (!returned->reusable() || idle_count_ >= settings_.idle_max) return;
  if (is_too_old(*returned)) [[unlikely]]
    return;
  // An end, or surplus bytes, of which the watch would tell too late.
  io::stream& stream = returned->stream();
  if (stream.maybe_unread() && !stream.quiet()) return;
  connection& kept = *returned.release();
  kept.request_sent = false;
  kept.answer_keeps_alive = false;
  kept.idle_since_ = loop_.now();
  idle_.push_front(kept);
  ++idle_count_;
  if (deadline() == never) arm(deadline_after(kept.idle_since_, settings_.idle_timeout));
  kept.stream().watch(&kept);
}

void connection_pool::went_stale(connection& which) noexcept {
  which.stream().watch(nullptr);
  list<connection, in_pool>::remove(which);
  --idle_count_;
  stale_.push_back(which);
  arm(loop_.now());
}

void connection_pool::expired() {
  while (!stale_.empty()) lease closed(&stale_.pop_front());
  while (!idle_.empty()) {
    connection& oldest = idle_.back();
    const time_point due = deadline_after(oldest.idle_since_, settings_.idle_timeout);
    if (due > loop_.now()) {
      arm(due);
      return;
    }
    lease closed = unlink(oldest);
  }
}

void connection_pool::close_idle() noexcept {
  while (!idle_.empty()) lease closed = unlink(idle_.front());
  while (!stale_.empty()) lease closed(&stale_.pop_front());
}

}  // namespace ferroway::upstream
