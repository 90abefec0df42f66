#include "middleware/concurrency_limit.hpp"

namespace ferroway {
namespace {

constexpr failure too_many{fault::overloaded, side::local, false,
                           "too many requests are in flight"};

std::shared_ptr<const limit_key> key_of(const std::string& name) {
  if (name.empty()) return nullptr;
  return std::make_shared<const limit_key>(std::vector{name}, address_grouping{});
}

bool is_key(const limit_key* made, const std::string& name) {
  return name.empty() ? made == nullptr : made != nullptr && made->counts_by({name}, {});
}

}  // namespace

// A slot, in the exchange's memory.
struct concurrency_limit::held {
  io::slot_table* table;  // lives as long as the middleware, which the exchange's snapshot keeps
  io::slot_table::cell at;

  static void let_go(exchange& ex, void* with) noexcept {
    const auto& mine = *static_cast<const held*>(with);
    mine.table->leave(mine.at, ex.worker.index);
  }
};

concurrency_limit::concurrency_limit(const config::concurrency_limit_middleware& from,
                                     std::uint32_t workers, const concurrency_limit* before)
    : deciding_middleware(from.shadow),
      // In shadow mode nobody waits.
      by_{static_cast<std::uint32_t>(from.requests),
          from.shadow ? 0 : static_cast<std::uint32_t>(from.queue)},
      patience_(from.queue_timeout) {
  if (before != nullptr && is_key(before->key_.get(), from.key)) {
    key_ = before->key_;  // its hashes are those that the table goes by
    slots_ = before->slots_;
    return;
  }
  key_ = key_of(from.key);
  slots_ = std::make_shared<io::slot_table>(workers, key_ != nullptr);
}

io::slot_table::cell concurrency_limit::cell_of(exchange& ex) const {
  return key_ == nullptr ? 0 : slots_->cell_of(key_->of(ex));
}

task<result<response>> concurrency_limit::handle(exchange& ex, next_handler next) {
  const io::slot_table::cell at = cell_of(ex);
  if (ex.rehearsed_by != nullptr) [[unlikely]] {
    const std::string in_flight = std::to_string(slots_->in_flight(at));
    pass(ex, ex.memory.join(in_flight, " of ", std::to_string(by_.requests), " in flight"));
    return next(ex);
  }
  switch (slots_->enter(at, by_)) {
    case io::slot_table::entry::admitted:
      hold(ex, at);
      pass(ex);
      return next(ex);
    case io::slot_table::entry::queued:
      return wait_for_slot(ex, at, next);
    case io::slot_table::entry::full:
      break;
  }
  return refuse_or_pass(ex, next);
}

task<result<response>> concurrency_limit::refuse_or_pass(exchange& ex, next_handler next) {
  if (!reject(ex, "too many in flight")) return next(ex);
  return rejection(too_many);
}

void concurrency_limit::hold(exchange& ex, io::slot_table::cell at) const {
  ex.at_end(held::let_go, ex.memory.make<held>(slots_.get(), at));
}

task<result<response>> concurrency_limit::wait_for_slot(exchange& ex, io::slot_table::cell at,
                                                        next_handler next) {
  const io::slot_table::wait::place place{ex.worker.index, at, by_.requests};
  const result<void> waited =
      co_await io::slot_table::wait(*slots_, place, ex.worker.loop, patience_, too_many, ex.scope);
  if (!waited) {
    const failure why = waited.error();
    if (why.kind == fault::overloaded) (void)reject(ex, "none in flight ended in time");
    co_return fail(why);
  }
  hold(ex, at);
  pass(ex, "after a wait");
  co_return co_await next(ex);
}

}  // namespace ferroway
