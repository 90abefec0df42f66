// Sends copies of a route's requests to another upstream as well. The client's exchange knows
// nothing of it: a copy begins when the head of the client's answer is there, with memory, scopes
// and a time of its own, and goes on when the exchange has ended; its answer is read within bounds
// and dropped. How it compares with the client's is counted (telemetry/mirror_stats.hpp).
//
// Not copied: upgrades, bodies that have not come whole with their head or are longer than the
// route allows, and what is beyond the copies that there may be at once. A copy is sent once; only
// where a kept connection turns out to have been closed before is it sent on another.
//
// Immutable; any thread.
#pragma once

#include <memory>
#include <string>

#include "exchange/pipeline.hpp"
#include "exchange/route.hpp"
#include "telemetry/mirror_stats.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

// Of an answer to a copy; of a longer one the connection is closed.
inline constexpr std::size_t mirrored_answer_bytes_max = std::size_t{1} << 20;

class mirror final : public handler {
 public:
  // What copies share with this, which they may outlive.
  struct plan {
    config::mirror how;
    std::shared_ptr<upstream> to;
    std::shared_ptr<telemetry::mirror_stats> counted;
    route known_as;    // the route, as far as copies ask for it: its name
    std::string says;  // "10 % of GET and HEAD are copied to users_next"
  };

  // `original` is where the route's requests go.
  mirror(const config::route& from, std::shared_ptr<handler> original, std::shared_ptr<upstream> to,
         std::shared_ptr<telemetry::mirror_stats> counted);

  task<result<response>> handle(exchange& ex) override;

 private:
  bool takes(const exchange& ex) const noexcept;
  task<result<response>> with_copy(exchange& ex) const;

  const std::shared_ptr<handler> original_;
  const std::shared_ptr<const plan> plan_;
};

}  // namespace ferroway::upstream
