// One try of a request at one endpoint, from the pick to its last byte: counts as in flight
// meanwhile, and what becomes of it is told to those who judge endpoints by that. Where nobody
// does, it is nothing. Belongs to a worker.
#pragma once

#include <cstddef>
#include <utility>

#include "exchange/exchange.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

class endpoint_use {
 public:
  endpoint_use() = default;
  endpoint_use(const endpoint_use&) = delete;
  endpoint_use& operator=(const endpoint_use&) = delete;
  ~endpoint_use() { leave(); }

  // Ends the one before it, of which nobody has said how it went. `ex` and `of` outlive it.
  void begin(exchange& ex, upstream& of, std::size_t index, bool on_trial) {
    leave();
    if (!on_trial && !of.watched() && !of.loads().in_flight) return;
    enter(ex, of, index, on_trial);
    if (of.loads().in_flight) of.at(index).load.began();
  }
  // The same with a place that has been found (place_search.hpp).
  void begin_placed(exchange& ex, upstream& of, std::size_t index, bool on_trial) {
    enter(ex, of, index, on_trial);
    placed_ = true;
    of.part(ex.worker).counted.began.add();
  }
  // Goes on as that one does; what it was itself is over.
  void take_over(endpoint_use& other);
  // It is over, if it is not yet; nobody has said how it went.
  void end() { leave(); }

  // It did not answer.
  void failed(const failure& why) {
    if (of_ != nullptr) fail_with(why);
  }
  // It has answered; the rest of the body may still come, and then it ends with the exchange.
  void answered(const response& reply) {
    if (of_ != nullptr) end_with(reply);
  }
  // The same where nobody waits for the rest.
  void answered(std::uint16_t status) {
    if (of_ != nullptr) end_with(status);
  }

 private:
  // How a try ended; `goes_on`: well, but for what is still to come; `told`: that has been said
  // already.
  enum class outcome : std::uint8_t { well, goes_on, badly, undecided, told };

  void enter(exchange& ex, upstream& of, std::size_t index, bool on_trial);
  void leave() {
    if (of_ != nullptr) finish(outcome::undecided, {});
  }
  bool knows_time() const noexcept;
  void fail_with(const failure& why);
  void end_with(const response& reply);
  void end_with(std::uint16_t status);
  void note_answer(std::uint16_t status);
  void tell(outcome how, const failure& why);
  void finish(outcome how, const failure& why);
  static void exchange_ended(exchange& ex, void* with) noexcept;
  static void tunnel_ended(exchange& ex, void* with) noexcept;

  exchange* ex_ = nullptr;
  upstream* of_ = nullptr;  // null: nobody wants to know, or it is over
  std::size_t index_ = 0;
  time_point begun_{};
  duration took_{};  // until the answer's head
  std::uint16_t status_ = 0;
  bool on_trial_ = false;
  bool placed_ = false;
  outcome at_end_ = outcome::well;  // what there will be to say when the rest has come whole
};

}  // namespace ferroway::upstream
