// One way of choosing among the candidates of an upstream. Shared by all workers: what it changes
// is atomic. A pick costs less than 100 ns whatever the number of endpoints (bench/micro).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config/config.hpp"
#include "exchange/exchange.hpp"
#include "upstream/balancer/candidates.hpp"

namespace ferroway::upstream {

// Whom the pick is for.
struct pick_input {
  random_source& random;
  time_point now;
  exchange* ex = nullptr;  // never null for balancers that go by the request
};

class balancer {
 public:
  virtual ~balancer() = default;
  // An index into `among.all`; `among.turns` is not empty.
  virtual std::uint32_t pick(const pick_input& in, const candidates& among) noexcept = 0;
  // For explain: how `chosen` was picked ("round_robin: the next in turn of 3").
  virtual std::string why(const pick_input& in, const candidates& among,
                          std::uint32_t chosen) const = 0;
  // At each worker's first use.
  virtual void begin(random_source&) {}
  // A new or recovered endpoint gets its share little by little; not where that would send clients
  // elsewhere.
  virtual bool starts_slowly() const noexcept { return true; }
};

// Which loads it reads, so that only those are kept.
struct loads_kept {
  bool in_flight = false;
  bool latency = false;
};
loads_kept loads_of(config::balancing how) noexcept;

// Every balancer there is.
std::unique_ptr<balancer> make_balancer(const config::upstream& from);

}  // namespace ferroway::upstream
