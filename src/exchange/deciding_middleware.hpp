// A middleware that may refuse requests: what it decides is counted, recorded for explain and told
// to the access log; in shadow mode a request that it would refuse passes.
#pragma once

#include <memory>

#include "exchange/pipeline.hpp"
#include "telemetry/traffic.hpp"

namespace ferroway {

class deciding_middleware : public middleware {
 public:
  void count_in(telemetry::metrics& all) override;

 protected:
  explicit deciding_middleware(bool shadow) noexcept : shadow_(shadow) {}

  bool shadow() const noexcept { return shadow_; }

  // The request may go on. `reason` is for explain.
  void pass(exchange& ex, std::string_view reason = {}) const;
  // The request is against the rule. True: the caller answers it, with rejection() or a reply of
  // its own; false: in shadow mode it goes on.
  [[nodiscard]] bool reject(exchange& ex, std::string_view reason) const;
  // The access log says that it would have been refused.
  void mark_would_reject(exchange& ex) const;

  // Decided together with other clients, since a table was full.
  void note_crowded(const exchange& ex) const;

  // What the caller of reject() returns; errors become answers in one place (problem.hpp).
  static task<result<response>> rejection(failure why);

 private:
  const bool shadow_;
  std::shared_ptr<telemetry::middleware_stats> stats_;  // null: nobody counts
};

}  // namespace ferroway
