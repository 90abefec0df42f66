#include "middleware/slot_table.hpp"

#include <algorithm>
#include <new>

namespace ferroway {
namespace {

// A cell's word.
constexpr std::uint64_t one_in_flight = 1;
constexpr std::uint64_t one_waiting = std::uint64_t{1} << 32;

std::uint32_t in_flight_of(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word); }
std::uint32_t waiting_of(std::uint64_t word) noexcept {
  return static_cast<std::uint32_t>(word >> 32);
}

}  // namespace

slot_table::slot_table(std::uint32_t workers, bool keyed)
    : count_(keyed ? keyed_cells : 1),
      cells_(static_cast<std::uint64_t*>(std::calloc(count_, sizeof(std::uint64_t)))),
      lanes_(workers) {
  if (!cells_) throw std::bad_alloc();
}

std::uint32_t slot_table::in_flight(cell at) const noexcept { return in_flight_of(word(at)); }
std::uint32_t slot_table::waiting(cell at) const noexcept { return waiting_of(word(at)); }

slot_table::entry slot_table::enter(cell at, const limits& by) noexcept {
  std::uint64_t seen = word(at);
  while (true) {
    // Who comes does not pass those that wait.
    const bool room = waiting_of(seen) == 0 && in_flight_of(seen) < by.requests;
    if (!room && waiting_of(seen) >= by.queue) return entry::full;
    const std::uint64_t next = seen + (room ? one_in_flight : one_waiting);
    if (word(at).compare_exchange_weak(seen, next)) return room ? entry::admitted : entry::queued;
  }
}

// For one that waits: true when it is in flight now.
bool slot_table::take(cell at, std::uint32_t requests) noexcept {
  std::uint64_t seen = word(at);
  while (in_flight_of(seen) < requests) {
    if (word(at).compare_exchange_weak(seen, seen + one_in_flight - one_waiting)) return true;
  }
  return false;
}

void slot_table::give_up(cell at) noexcept { word(at).fetch_sub(one_waiting); }

void slot_table::leave(cell at, std::uint32_t worker) {
  const std::uint64_t before = word(at).fetch_sub(one_in_flight);
  if (waiting_of(before) == 0) return;
  const auto workers = static_cast<std::uint32_t>(lanes_.size());
  wake_one(at, turn_.load(std::memory_order_relaxed) % workers, workers, worker);
}

// Whoever waits for this cell here, the first one first. False: nobody does.
bool slot_table::serve(std::uint32_t worker, cell at) {
  list<wait, in_slot_queue>& mine = queue(worker, at);
  list<wait, in_slot_queue> others;
  bool settled = false;
  while (!settled && !mine.empty()) {
    wait& first = mine.pop_front();
    if (first.where_.at != at) {
      others.push_back(first);
      continue;
    }
    settled = true;
    if (take(at, first.where_.requests)) {
      first.admitted();
    } else {
      mine.push_front(first);
    }
  }
  others.splice(mine);
  mine.splice(others);
  return settled;
}

// Looks at `left` workers from `first` on, until one has somebody for the slot.
void slot_table::wake_one(cell at, std::uint32_t first, std::uint32_t left, std::uint32_t own) {
  const auto workers = static_cast<std::uint32_t>(lanes_.size());
  for (; left > 0; --left, first = (first + 1) % workers) {
    if (lanes_[first].waiting.load() == 0) continue;
    turn_.store((first + 1) % workers, std::memory_order_relaxed);
    if (first == own) {
      if (serve(own, at)) return;
      continue;
    }
    lanes_[first].loop.load()->post([table = shared_from_this(), at, first, left] {
      if (table->serve(first, at)) return;
      const auto count = static_cast<std::uint32_t>(table->lanes_.size());
      table->wake_one(at, (first + 1) % count, left - 1, first);
    });
    return;
  }
}

slot_table::wait::wait(slot_table& in, const place& where, io::loop& on, duration patience,
                       io::cancel_scope& scope)
    : operation_of(scope),
      timer(on.timers()),
      in_(in),
      where_(where),
      on_(on),
      deadline_(deadline_after(on.now(), patience)) {}

// Not waited for: its scope was cancelled before.
slot_table::wait::~wait() {
  if (counted_) in_.give_up(where_.at);
}

bool slot_table::wait::begin() {
  lane& mine = in_.lanes_[where_.worker];
  list<wait, in_slot_queue>& queued = in_.queue(where_.worker, where_.at);
  mine.loop.store(&on_);
  mine.waiting.fetch_add(1);
  // Whoever ended between our counting in the cell and in the lane has woken nobody.
  if (queued.empty() && in_.take(where_.at, where_.requests)) {
    mine.waiting.fetch_sub(1);
    counted_ = false;
    set_outcome({});
    return true;
  }
  queued.push_back(*this);
  look_again();
  return false;
}

void slot_table::wait::look_again() {
  arm(std::min(deadline_, deadline_after(on_.now(), looks_every)));
}

void slot_table::wait::expired() {
  if (on_.now() >= deadline_) {
    withdraw();
    complete(fail(fault::overloaded, side::local, "too many requests are in flight"));
    return;
  }
  // The first in the queue, which may be this one.
  (void)in_.serve(where_.worker, where_.at);
  if (counted_) look_again();
}

void slot_table::wait::cancel(const failure& why) noexcept {
  withdraw();
  complete(fail(why));
}

void slot_table::wait::withdraw() noexcept {
  disarm();
  list<wait, in_slot_queue>::remove(*this);
  in_.lanes_[where_.worker].waiting.fetch_sub(1);
  in_.give_up(where_.at);
  counted_ = false;
}

// Off the queue, and in flight by the cell's word.
void slot_table::wait::admitted() noexcept {
  disarm();
  in_.lanes_[where_.worker].waiting.fetch_sub(1);
  counted_ = false;
  complete({});
}

}  // namespace ferroway
