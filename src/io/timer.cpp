#include "io/timer.hpp"

#include <algorithm>
#include <bit>

namespace ferroway::io {

timer::~timer() { wheel_.unfile(*this); }

void timer::arm(time_point deadline) {
  deadline_ = deadline;
  if (deadline == never) return;
  if (linked()) {
    // Later than its slot: the wheel files it again when that comes up.
    if (deadline >= wheel_.time_of(filed_tick_)) return;
    wheel_.unfile(*this);
  }
  wheel_.file(*this);
}

std::uint64_t timer_wheel::tick_of(time_point deadline) const noexcept {
  if (deadline <= start_) return 0;
  const auto whole = static_cast<std::uint64_t>((deadline - start_) / tick);
  return whole + ((deadline - start_) % tick != duration::zero() ? 1 : 0);
}

time_point timer_wheel::time_of(std::uint64_t tick_number) const noexcept {
  return start_ + static_cast<std::int64_t>(tick_number) * tick;
}

void timer_wheel::file(timer& item) {
  constexpr std::uint64_t furthest = (std::uint64_t{1} << (levels * slot_bits)) - 1;
  const std::uint64_t wanted = std::max(tick_of(item.deadline_), now_tick_ + 1);
  const std::uint64_t ahead = std::min(wanted - now_tick_, furthest);
  const std::uint64_t at = now_tick_ + ahead;
  // The level whose slots are just fine enough: `ahead` is less than one turn of it.
  const unsigned level = (static_cast<unsigned>(std::bit_width(ahead)) - 1) / slot_bits;
  const auto slot = static_cast<unsigned>(at >> (level * slot_bits)) % slots;
  item.filed_tick_ = at;
  item.filed_slot_ = static_cast<std::uint16_t>(level * slots + slot);
  slots_[level][slot].push_back(item);
  occupied_[level] |= std::uint64_t{1} << slot;
}

void timer_wheel::unfile(timer& item) noexcept {
  if (!item.linked()) return;
  item.unlink();
  const unsigned level = item.filed_slot_ / slots;
  const unsigned slot = item.filed_slot_ % slots;
  if (slots_[level][slot].empty()) occupied_[level] &= ~(std::uint64_t{1} << slot);
}

// The tick at which the next occupied slot of `level` begins. That slot is 1 to 64 slots ahead of
// the current one.
std::uint64_t timer_wheel::next_tick(unsigned level) const noexcept {
  const std::uint64_t current = now_tick_ >> (level * slot_bits);
  const std::uint64_t ahead_first =
      std::rotr(occupied_[level], static_cast<int>((current + 1) % slots));
  const auto ahead = static_cast<std::uint64_t>(std::countr_zero(ahead_first)) + 1;
  return (current + ahead) << (level * slot_bits);
}

std::uint64_t timer_wheel::next_tick() const noexcept {
  std::uint64_t earliest = no_tick;
  for (unsigned level = 0; level < levels; ++level) {
    if (occupied_[level] != 0) earliest = std::min(earliest, next_tick(level));
  }
  return earliest;
}

time_point timer_wheel::next() const noexcept {
  const std::uint64_t earliest = next_tick();
  return earliest == no_tick ? never : time_of(earliest);
}

void timer_wheel::advance(time_point now) {
  if (now < start_) return;
  const auto target = static_cast<std::uint64_t>((now - start_) / tick);
  for (std::uint64_t earliest = next_tick(); earliest <= target; earliest = next_tick()) {
    now_tick_ = earliest;
    take_slots();
  }
  now_tick_ = std::max(now_tick_, target);
}

// Empties the slots that begin at the current tick: what is due fires, the rest is filed in finer
// slots.
void timer_wheel::take_slots() {
  list<timer, timer> taken;
  for (unsigned level = 0; level < levels; ++level) {
    const unsigned shift = level * slot_bits;
    if ((now_tick_ & ((std::uint64_t{1} << shift) - 1)) != 0) break;
    const auto slot = static_cast<unsigned>(now_tick_ >> shift) % slots;
    taken.splice(slots_[level][slot]);
    occupied_[level] &= ~(std::uint64_t{1} << slot);
  }
  while (!taken.empty()) {
    timer& item = taken.pop_front();
    if (item.deadline_ == never) continue;
    if (tick_of(item.deadline_) > now_tick_) {
      file(item);
      continue;
    }
    item.deadline_ = never;
    item.expired();
  }
}

}  // namespace ferroway::io
