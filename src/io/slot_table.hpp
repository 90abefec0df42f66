// Who is in flight and who waits to be, for each key: what `concurrency_limit` and the limits of
// upstreams count in. Shared by all workers, and by those of the next configuration, whatever their
// numbers are.
//
// A key has a cell, and a cell is one atomic word: how many are in flight, how many wait. So no
// more than the limit are ever in flight, no more than the queue holds ever wait, and neither a
// lock nor memory is needed. Keys are not kept: two whose hashes meet share a cell, and with it the
// limit (one in 262,144 pairs does). A table is never full, and no key is ever let through beyond
// its limit.
//
// Those that wait do so on their own worker, first come first served. Whoever ends wakes one
// worker, in turn, by the door between threads (loop::post); the message only says where to look:
// a slot is taken from the cell or not at all, so none is lost with a message. Each worker also
// looks by itself every `looks_every`, for the case that the one that was woken had nobody left.
//
// A slot may not be all that one needs: `wait::claim` takes the rest, and while it cannot, who
// waits stays the first. Who ends gives that back before it leaves.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/list.hpp"
#include "io/loop.hpp"

namespace ferroway::io {

struct in_slot_queue;  // list tag

class slot_table : public std::enable_shared_from_this<slot_table> {
 public:
  using cell = std::uint32_t;
  static constexpr std::uint32_t keyed_cells = 1U << 18;
  static constexpr duration looks_every = std::chrono::milliseconds(25);

  // For so many workers; with one cell where there are no keys.
  slot_table(std::uint32_t workers, bool keyed);

  bool keyed() const noexcept { return count_ > 1; }
  // Of a key's hash, which nobody outside can foresee.
  cell cell_of(std::uint64_t hash) const noexcept { return static_cast<cell>(hash & (count_ - 1)); }

  struct limits {
    std::uint32_t requests;
    std::uint32_t queue;
  };
  enum class entry : std::uint8_t { admitted, queued, full };
  // Any thread. Who is queued must begin to wait; who is admitted leaves when it ends.
  entry enter(cell at, const limits& by) noexcept;
  // On a worker's thread: one in flight has ended.
  void leave(cell at, std::uint32_t worker);
  // The same for one just admitted that cannot claim what else it needs: queued, or full.
  entry stand_back(cell at, const limits& by, std::uint32_t worker);

  std::uint32_t in_flight(cell at) const noexcept;
  std::uint32_t waiting(cell at) const noexcept;

  // Until there is a slot, which then is taken; or fault::overloaded at the deadline, or the
  // scope's failure.
  class wait;

 private:
  using queue = list<wait, in_slot_queue>;
  static constexpr std::size_t keyed_queues = 64;

  // What a worker has: its queues (its own thread's), by cell.
  struct alignas(64) lane {
    std::atomic<loop*> on = nullptr;
    std::atomic<std::uint32_t> waiting = 0;
    std::unique_ptr<queue[]> queued;
  };
  struct release {
    void operator()(std::uint64_t* cells) const noexcept { std::free(cells); }
  };

  std::atomic_ref<std::uint64_t> word(cell at) const noexcept {
    return std::atomic_ref<std::uint64_t>(cells_.get()[at]);
  }
  queue& queue_of(std::uint32_t worker, cell at) noexcept {
    return lanes_[worker].queued[keyed() ? at % keyed_queues : 0];
  }
  bool take(cell at, std::uint32_t requests) noexcept;
  void put_back(cell at) noexcept;
  void wake(cell at, std::uint32_t own);
  void give_up(cell at) noexcept;
  bool serve(std::uint32_t worker, cell at);
  void wake_one(cell at, std::uint32_t first, std::uint32_t left, std::uint32_t own);

  std::uint32_t count_;
  std::unique_ptr<std::uint64_t, release> cells_;  // pages that no key uses cost nothing
  std::vector<lane> lanes_;
  std::atomic<std::uint32_t> turn_ = 0;  // the worker to look at first
};

class slot_table::wait : public operation_of<void>,
                         public tagged_node<in_slot_queue>,
                         private timer {
 public:
  struct place {
    std::uint32_t worker;
    cell at;
    std::uint32_t requests;
  };
  // After entry::queued. `in_vain`: what it is when its patience has come to an end.
  wait(slot_table& in, const place& where, loop& on, duration patience, const failure& in_vain,
       cancel_scope& scope);
  virtual ~wait();
  void cancel(const failure& why) noexcept override;

 protected:
  // What else it needs, on its worker's thread with a slot in hand. False: there is none, and for
  // nobody else of the same kin either.
  virtual bool claim() noexcept { return true; }
  virtual const void* kin() const noexcept { return nullptr; }

 private:
  friend class slot_table;
  bool begin() override;
  void expired() override;
  void look_again();
  void withdraw() noexcept;
  void admitted() noexcept;

  slot_table& in_;
  place where_;
  loop& on_;
  time_point deadline_;
  failure in_vain_;
  bool counted_ = true;  // among the cell's waiting
  bool beginning_ = false;
};

}  // namespace ferroway::io
