#include "io/slot_table.hpp"

#include <algorithm>
#include <new>

namespace ferroway::io {
namespace {

// How many are asked whether they can use a slot before the rest has to wait for the next one.
constexpr int claims_max = 16;

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
  for (lane& each : lanes_) each.queued = std::make_unique<queue[]>(keyed ? keyed_queues : 1);
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

// For one that waits: true when it is in flight now. It counts among those that wait until it is
// let go, so that who ends meanwhile looks for it and who comes does not pass it.
bool slot_table::take(cell at, std::uint32_t requests) noexcept {
  std::uint64_t seen = word(at);
  while (in_flight_of(seen) < requests) {
    if (word(at).compare_exchange_weak(seen, seen + one_in_flight)) return true;
  }
  return false;
}

// The same for one that waits on.
void slot_table::put_back(cell at) noexcept { word(at).fetch_sub(one_in_flight); }

void slot_table::give_up(cell at) noexcept { word(at).fetch_sub(one_waiting); }

void slot_table::leave(cell at, std::uint32_t worker) {
  const std::uint64_t before = word(at).fetch_sub(one_in_flight);
  if (waiting_of(before) > 0) wake(at, worker);
}

slot_table::entry slot_table::stand_back(cell at, const limits& by, std::uint32_t worker) {
  std::uint64_t seen = word(at);
  while (true) {
    const bool waits = waiting_of(seen) < by.queue;
    const std::uint64_t next = seen - one_in_flight + (waits ? one_waiting : 0);
    if (!word(at).compare_exchange_weak(seen, next)) continue;
    // Who looked meanwhile may have seen no slot.
    if (waiting_of(seen) > 0) wake(at, worker);
    return waits ? entry::queued : entry::full;
  }
}

void slot_table::wake(cell at, std::uint32_t own) {
  const auto workers = static_cast<std::uint32_t>(lanes_.size());
  wake_one(at, turn_.load(std::memory_order_relaxed) % workers, workers, own);
}

// Whoever waits for this cell here, the first one first. False: nobody here can use a slot that
// there is.
bool slot_table::serve(std::uint32_t worker, cell at) {
  queue& mine = queue_of(worker, at);
  queue passed_over;
  const wait* blocked = nullptr;
  bool settled = false;
  int claims_left = claims_max;
  while (!mine.empty() && claims_left > 0) {
    wait& first = mine.pop_front();
    if (first.where_.at == at && (blocked == nullptr || first.kin() != blocked->kin())) {
      --claims_left;
      const bool slot = take(at, first.where_.requests);
      if (slot && first.claim()) {
        settled = true;
        first.admitted();
        break;
      }
      if (slot) put_back(at);
      if (!slot) settled = true;
      blocked = &first;
      // Mostly all are of one kin.
      if (!slot || mine.empty() || mine.back().kin() == first.kin()) {
        mine.push_front(first);
        break;
      }
    }
    passed_over.push_back(first);
  }
  passed_over.splice(mine);
  mine.splice(passed_over);
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
    lanes_[first].on.load()->post([table = shared_from_this(), at, first, left] {
      if (table->serve(first, at)) return;
      const auto count = static_cast<std::uint32_t>(table->lanes_.size());
      table->wake_one(at, (first + 1) % count, left - 1, first);
    });
    return;
  }
}

slot_table::wait::wait(slot_table& in, const place& where, loop& on, duration patience,
                       const failure& in_vain, cancel_scope& scope)
    : operation_of(scope),
      timer(on.timers()),
      in_(in),
      where_(where),
      on_(on),
      deadline_(deadline_after(on.now(), patience)),
      in_vain_(in_vain) {}

// Not waited for: its scope was cancelled before.
slot_table::wait::~wait() {
  if (counted_) in_.give_up(where_.at);
}

bool slot_table::wait::begin() {
  lane& mine = in_.lanes_[where_.worker];
  mine.on.store(&on_);
  mine.waiting.fetch_add(1);
  in_.queue_of(where_.worker, where_.at).push_back(*this);
  // Whoever ended between our counting in the cell and in the lane has woken nobody.
  beginning_ = true;
  (void)in_.serve(where_.worker, where_.at);
  beginning_ = false;
  if (!counted_) return true;
  look_again();
  return false;
}

void slot_table::wait::look_again() {
  arm(std::min(deadline_, deadline_after(on_.now(), looks_every)));
}

void slot_table::wait::expired() {
  if (on_.now() >= deadline_) {
    withdraw();
    complete(fail(in_vain_));
    return;
  }
  // The first one looks for all; of several cells' queue nobody knows who that is.
  if (in_.keyed() || &in_.queue_of(where_.worker, where_.at).front() == this) {
    (void)in_.serve(where_.worker, where_.at);
  }
  if (counted_) look_again();
}

void slot_table::wait::cancel(const failure& why) noexcept {
  withdraw();
  complete(fail(why));
}

void slot_table::wait::withdraw() noexcept {
  disarm();
  queue::remove(*this);
  in_.lanes_[where_.worker].waiting.fetch_sub(1);
  in_.give_up(where_.at);
  counted_ = false;
}

// Off the queue, and in flight by the cell's word.
void slot_table::wait::admitted() noexcept {
  disarm();
  in_.lanes_[where_.worker].waiting.fetch_sub(1);
  in_.give_up(where_.at);
  counted_ = false;
  if (beginning_) return set_outcome({});
  complete({});
}

}  // namespace ferroway::io
