#include "io/simulated_stream.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace ferroway::io {
namespace {

std::unexpected<failure> was_torn_down() {
  return fail(fault::reset, side::local, "the connection was reset");
}

}  // namespace

simulated_stream::simulated_stream(simulated_loop& on, std::shared_ptr<simulated_link> link,
                                   unsigned side, address local, address peer)
    : loop_(on),
      link_(std::move(link)),
      side_(side),
      local_(std::move(local)),
      peer_(std::move(peer)) {
  link_->sides[side_] = this;
  ++loop_.world().open_streams_;
}

simulated_stream::~simulated_stream() {
  assert(receive_ == nullptr && send_ == nullptr && flush_ == nullptr);
  --loop_.world().open_streams_;
  link_->sides[side_] = nullptr;
  // As TCP does: closing on bytes that nobody read is a reset (RFC 2525, 2.17).
  end_output(reset_on_close_ || in().bytes != 0);
}

void simulated_stream::poke(unsigned side, time_point when) {
  loop_.world().at(when, [link = link_, side] {
    if (link->sides[side] != nullptr) link->sides[side]->proceed();
  });
}

void simulated_stream::reset_side(unsigned side, time_point when) {
  link_->reset[side] = std::min(link_->reset[side], when);
  poke(side, when);
}

void simulated_stream::end_output(bool with_reset) noexcept {
  if (out().lost) return;
  const time_point when = std::max(out().last_arrival, loop_.world().arrival());
  out().last_arrival = when;
  if (with_reset) {
    reset_side(1 - side_, when);
  } else if (!output_ended_) {
    out().ends = std::min(out().ends, when);
    poke(1 - side_, when);
  }
  output_ended_ = true;
}

void simulated_stream::shutdown_write() noexcept {
  shutdown_wanted_ = send_ != nullptr;
  if (!shutdown_wanted_) end_output(false);
}

bool simulated_stream::was_reset() const noexcept {
  return link_->reset[side_] <= loop_.world().now();
}

bool simulated_stream::has_ended() noexcept { return in().ends <= loop_.world().now(); }

std::size_t simulated_stream::arrived() noexcept {
  std::size_t bytes = 0;
  for (const simulated_pipe::segment& piece : in().segments) {
    if (piece.arrives > loop_.world().now()) break;
    bytes += piece.bytes.size();
  }
  return bytes;
}

bool simulated_stream::quiet() noexcept { return arrived() == 0 && !has_ended() && !was_reset(); }

void simulated_stream::proceed() noexcept {
  if (receive_ != nullptr && !waits_for_buffer()) {
    if (auto received = try_receive(*receive_)) {
      std::exchange(receive_, nullptr)->complete(std::move(*received));
    }
  }
  if (send_ != nullptr) {
    if (auto sent = try_send(*send_)) {
      std::exchange(send_, nullptr)->complete(*sent);
      if (shutdown_wanted_) shutdown_write();
      if (flush_ != nullptr) std::exchange(flush_, nullptr)->complete(flushed());
    }
  }
  if (watcher_ != nullptr) tell_watcher();
}

// Receiving.

bool simulated_stream::waits_for_buffer() const noexcept {
  return static_cast<const buffer_waiter&>(*this).linked();
}

void simulated_stream::buffer_granted(buffer given) noexcept {
  granted_ = std::move(given);
  loop_.defer(*this);
}

bool simulated_stream::begin(receive_operation& wanted) {
  assert(receive_ == nullptr);
  if (loop_.spend_inline()) {
    if (auto received = try_receive(wanted)) {
      wanted.set_outcome(std::move(*received));
      return true;
    }
  } else {
    loop_.defer(*this);
  }
  receive_ = &wanted;
  return false;
}

void simulated_stream::abandon(receive_operation& wanted, const failure& why) noexcept {
  receive_ = nullptr;
  granted_.release();
  if (waits_for_buffer()) loop_.buffers().withdraw(*this);
  wanted.complete(fail(why));
}

std::optional<result<buffer>> simulated_stream::try_receive(
    const receive_operation& wanted) noexcept {
  if (arrived() == 0) {
    granted_.release();
    if (was_reset()) return was_torn_down();
    if (has_ended()) return buffer{};
    return std::nullopt;
  }
  buffer into =
      granted_ ? std::move(granted_) : loop_.buffers().try_acquire(wanted.room(), wanted.need());
  if (!into) {
    loop_.buffers().wait(*this, wanted.room(), wanted.need());
    return std::nullopt;
  }
  into.grew(fill(into.room()));
  poke(1 - side_, loop_.world().arrival());
  if (watcher_ != nullptr) loop_.defer(*this);
  return into;
}

// Takes what has arrived, or a part of it, off the pipe.
std::size_t simulated_stream::fill(std::span<char> free) {
  simulated_world& world = loop_.world();
  std::size_t wanted = std::min(arrived(), free.size());
  if (world.settings_.split_percent != 0 && world.random().chance(world.settings_.split_percent)) {
    wanted = 1 + world.random().below(wanted);
  }
  std::size_t filled = 0;
  while (filled < wanted) {
    std::string& first = in().segments.front().bytes;
    const std::size_t taken = std::min(first.size(), wanted - filled);
    std::memcpy(free.data() + filled, first.data(), taken);
    filled += taken;
    first.erase(0, taken);
    if (first.empty()) in().segments.pop_front();
  }
  in().bytes -= filled;
  return filled;
}

// Sending.

bool simulated_stream::begin(send_operation& wanted) {
  assert(send_ == nullptr);
  send_begun_ = false;
  if (loop_.spend_inline()) {
    if (auto sent = try_send(wanted)) {
      wanted.set_outcome(*sent);
      return true;
    }
  } else {
    loop_.defer(*this);
  }
  send_ = &wanted;
  return false;
}

void simulated_stream::abandon(send_operation& wanted, const failure& why) noexcept {
  send_ = nullptr;
  send_cut_short_ = send_begun_;
  if (shutdown_wanted_) shutdown_write();
  if (flush_ != nullptr) std::exchange(flush_, nullptr)->complete(flushed());
  wanted.complete(fail(why));
}

std::optional<result<void>> simulated_stream::try_send(send_operation& wanted) noexcept {
  gather& what = wanted.what();
  if (send_cut_short_) return fail(fault::reset, side::local, "an earlier send was cut short");
  if (was_reset() || output_ended_) return was_torn_down();
  while (!what.empty()) {
    const std::size_t window = loop_.world().settings_.window_bytes;
    const std::size_t space = window - std::min(window, out().bytes);
    if (space == 0) return std::nullopt;
    const std::string_view piece = what[0].substr(0, space);
    put(piece);
    what.consume(piece.size());
    wanted.progressed();
    send_begun_ = true;
  }
  return result<void>{};
}

void simulated_stream::put(std::string_view bytes) {
  simulated_pipe& pipe = out();
  if (link_->sides[1 - side_] == nullptr && !pipe.lost) {
    reset_side(side_, loop_.world().arrival());
    return;
  }
  if (pipe.planned != simulated_pipe::mishap::none && !pipe.lost) {
    if (bytes.size() > pipe.bytes_until_mishap) {
      const std::string_view before = bytes.substr(0, pipe.bytes_until_mishap);
      bytes.remove_prefix(before.size());
      if (!before.empty()) put(before);
      strike();
    } else {
      pipe.bytes_until_mishap -= bytes.size();
    }
  }
  if (pipe.lost) {
    // A hang keeps the window shut; what follows an early end vanishes.
    if (pipe.ends == never) pipe.bytes += bytes.size();
    return;
  }
  pipe.last_arrival = std::max(pipe.last_arrival, loop_.world().arrival());
  pipe.bytes += bytes.size();
  pipe.segments.push_back({pipe.last_arrival, std::string(bytes)});
  poke(1 - side_, pipe.last_arrival);
}

void simulated_stream::strike() {
  simulated_pipe& pipe = out();
  const time_point when = std::max(pipe.last_arrival, loop_.world().arrival());
  switch (std::exchange(pipe.planned, simulated_pipe::mishap::none)) {
    case simulated_pipe::mishap::none:
      return;
    case simulated_pipe::mishap::reset:
      reset_side(side_, when);
      reset_side(1 - side_, when);
      break;
    case simulated_pipe::mishap::end_early:
      pipe.ends = when;
      poke(1 - side_, when);
      break;
    case simulated_pipe::mishap::hang:
      break;
  }
  pipe.lost = true;
}

result<void> simulated_stream::flushed() const noexcept {
  if (send_cut_short_) return fail(fault::reset, side::local, "an earlier send was cut short");
  if (was_reset()) return was_torn_down();
  return {};
}

bool simulated_stream::begin(flush_operation& wanted) {
  assert(flush_ == nullptr);
  if (send_ != nullptr) {
    flush_ = &wanted;
    return false;
  }
  wanted.set_outcome(flushed());
  return true;
}

void simulated_stream::abandon(flush_operation& wanted, const failure& why) noexcept {
  flush_ = nullptr;
  wanted.complete(fail(why));
}

// Watching.

void simulated_stream::watch_changed() noexcept {
  told_bytes_ = told_end_ = told_reset_ = false;
  if (watcher_ != nullptr) loop_.defer(*this);
}

void simulated_stream::tell_watcher() noexcept {
  if (receive_ == nullptr && !told_bytes_ && arrived() != 0) {
    told_bytes_ = true;
    watcher_->peer_did(peer_watcher::event::bytes);
  }
  if (watcher_ != nullptr && receive_ == nullptr && !told_end_ && has_ended() && !was_reset()) {
    told_end_ = true;
    watcher_->peer_did(peer_watcher::event::end_of_stream);
  }
  if (watcher_ != nullptr && !told_reset_ && was_reset()) {
    told_reset_ = true;
    watcher_->peer_did(peer_watcher::event::reset);
  }
}

}  // namespace ferroway::io
