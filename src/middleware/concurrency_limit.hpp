// How many requests may be in flight at once, in all or for each value of a variable; others wait
// for a while, or are refused. A request is in flight until the last byte of its answer is out or
// lost, a tunnel until it ends.
//
// Shared by all workers; what it counts in (slot_table) goes on in the next configuration's.
#pragma once

#include <memory>

#include "config/middlewares.hpp"
#include "exchange/deciding_middleware.hpp"
#include "io/slot_table.hpp"
#include "middleware/rate_limit/limit_key.hpp"

namespace ferroway {

class concurrency_limit final : public deciding_middleware {
 public:
  // `before`: the one of this name in the configuration before; null: there was none. Where both
  // go by the same key, those that are in flight count on.
  concurrency_limit(const config::concurrency_limit_middleware& from, std::uint32_t workers,
                    const concurrency_limit* before);

  std::string_view kind() const noexcept override { return "concurrency_limit"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  struct held;
  io::slot_table::cell cell_of(exchange& ex) const;
  void hold(exchange& ex, io::slot_table::cell at) const;
  task<result<response>> wait_for_slot(exchange& ex, io::slot_table::cell at, next_handler next);
  task<result<response>> refuse_or_pass(exchange& ex, next_handler next);

  const io::slot_table::limits by_;
  const duration patience_;
  std::shared_ptr<const limit_key> key_;  // null: one for all
  std::shared_ptr<io::slot_table> slots_;
};

}  // namespace ferroway
