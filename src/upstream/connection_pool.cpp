#include "upstream/connection_pool.hpp"

#include <utility>

namespace ferroway::upstream {

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
    const bool doubtful = ask_kernel || found->stream().maybe_unread();
    if (!doubtful || found->stream().quiet()) return found;
  }
  return nullptr;
}

lease connection_pool::adopt(std::unique_ptr<io::stream> stream) {
  return std::make_unique<connection>(loop_, *this, std::move(stream));
}

void connection_pool::give_back(lease returned) {
  if (!returned->reusable() || idle_count_ >= settings_.idle_max) return;
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
