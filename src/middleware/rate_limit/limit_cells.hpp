// The buckets of one rate limit in this process: a table of fixed size, shared by all workers,
// exact without a lock.
//
// A cell is 16 bytes: a client's hash, and its arrival time (gcra.hpp). A client's cell is one of
// the 64 behind its place, nearly always of the first few. Cells change by one 128-bit
// compare-and-swap, and their time only ever grows. A client without a cell takes the one whose
// time is the earliest (of equal ones the first), if that time has passed: its owner's bucket is
// full again, and forgetting it changes nothing. When none has passed, the client shares a cell
// with all others that found no room.
//
// No client ever gets two cells. Say A and B both enter client c, A into cell x, and then B into
// cell y. B did not see c in x, so it read x before A wrote it, and preferred y: it read a time in
// y that was at most what A replaced in x. Its swap succeeded after A's, so y had held that time
// until then, and A, which read y earlier, read that time or an earlier one: A would have preferred
// y too.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "middleware/rate_limit/limit_store.hpp"

namespace ferroway {

class limit_cells final : public limit_store {
 public:
  // Room for `clients` whose buckets are not full: 32 bytes for each, of which the system gives
  // what is touched.
  explicit limit_cells(std::size_t clients);
  limit_cells(const limit_cells&) = delete;
  limit_cells& operator=(const limit_cells&) = delete;
  ~limit_cells() override;

  limit_decision take(std::uint64_t client, const limit_policy& by, std::uint64_t cost,
                      time_point now) noexcept override;

  std::size_t bytes() const noexcept;

 private:
  struct alignas(16) cell {
    std::uint64_t tat;
    std::uint64_t client;  // 0: nobody yet
  };
  static constexpr std::size_t cells_per_line = 4;
  static constexpr std::size_t cells_searched = 16 * cells_per_line;

  struct place {
    cell* at;
    cell was;
    bool found;  // else `at` is the cell to take
  };
  place find(std::uint64_t client) const noexcept;
  limit_decision take_shared(const limit_policy& by, std::uint64_t cost, limit_time now) noexcept;
  static bool swap(cell& at, const cell& was, const cell& now) noexcept;

  std::size_t lines_;  // where a client's place may be; some more follow
  cell* cells_;
  alignas(64) std::atomic<limit_time> shared_{0};
};

}  // namespace ferroway
