#include "middleware/rate_limit/limit_cells.hpp"

#include <sys/mman.h>

#include <bit>
#include <new>

namespace ferroway {
namespace {

__extension__ using wide = unsigned __int128;

// Every x86-64 processor since 2006 has the instruction, and the compiler takes it for granted only
// where the whole program is built for it.
bool swap_wide(wide* at, wide was, wide now) noexcept {
#if defined(__x86_64__)
  auto low = static_cast<std::uint64_t>(was);
  auto high = static_cast<std::uint64_t>(was >> 64);
  bool swapped = false;
  asm volatile("lock cmpxchg16b %1"
               : "=@ccz"(swapped), "+m"(*at), "+a"(low), "+d"(high)
               : "b"(static_cast<std::uint64_t>(now)), "c"(static_cast<std::uint64_t>(now >> 64))
               : "memory");
  return swapped;
#else
  return __sync_bool_compare_and_swap(at, was, now);
#endif
}

}  // namespace

limit_cells::limit_cells(std::size_t clients)
    : lines_((2 * clients + cells_per_line - 1) / cells_per_line) {
  void* room = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) throw std::bad_alloc();
  cells_ = static_cast<cell*>(room);
}

limit_cells::~limit_cells() { ::munmap(cells_, bytes()); }

std::size_t limit_cells::bytes() const noexcept {
  return (lines_ * cells_per_line + cells_searched - cells_per_line) * sizeof(cell);
}

bool limit_cells::swap(cell& at, const cell& was, const cell& now) noexcept {
  return swap_wide(reinterpret_cast<wide*>(&at), std::bit_cast<wide>(was),
                   std::bit_cast<wide>(now));
}

limit_cells::place limit_cells::find(std::uint64_t client) const noexcept {
  const auto line = static_cast<std::size_t>((static_cast<wide>(client) * lines_) >> 64);
  cell* const first = cells_ + line * cells_per_line;
  place earliest{nullptr, {}, false};
  for (cell* at = first; at != first + cells_searched; ++at) {
    // The time first: with the client of a later moment it is at most too early, and a swap fails.
    cell was;
    was.tat = __atomic_load_n(&at->tat, __ATOMIC_ACQUIRE);
    was.client = __atomic_load_n(&at->client, __ATOMIC_ACQUIRE);
    if (was.client == client) return {at, was, true};
    if (earliest.at == nullptr || was.tat < earliest.was.tat) earliest = {at, was, false};
  }
  return earliest;
}

limit_decision limit_cells::take(std::uint64_t client, const limit_policy& by, std::uint64_t cost,
                                 time_point at) noexcept {
  const limit_time now = limit_time_of(at);
  while (true) {
    const place here = find(client);
    if (!here.found && ahead(here.was.tat, now) > 0) return take_shared(by, cost, now);
    const gcra_step step = gcra(here.was.tat, by, cost, now);
    if (!step.decision.admitted) {
      // Time and client may have been read of two moments; what refuses must be of one.
      if (__atomic_load_n(&here.at->tat, __ATOMIC_ACQUIRE) == here.was.tat) return step.decision;
      continue;
    }
    if (swap(*here.at, here.was, {step.tat, client})) return step.decision;
  }
}

limit_decision limit_cells::take_shared(const limit_policy& by, std::uint64_t cost,
                                        limit_time now) noexcept {
  limit_time tat = shared_.load(std::memory_order_relaxed);
  while (true) {
    gcra_step step = gcra(tat, by, cost, now);
    step.decision.crowded = true;
    if (!step.decision.admitted ||
        shared_.compare_exchange_weak(tat, step.tat, std::memory_order_relaxed)) {
      return step.decision;
    }
  }
}

}  // namespace ferroway
