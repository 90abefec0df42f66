// Passive detection: ejects endpoints by what becomes of requests, for failures in a row, for their
// share of a window, and for answers that take longer than those of the others. Never more of them
// than a given part is out at once, whoever says so. Any worker; a request that succeeds costs one
// load, where no rate and no latency is asked for.
#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "base/failure.hpp"
#include "config/config.hpp"
#include "io/loop.hpp"

namespace ferroway::upstream {

class upstream;
class endpoint;

// What became of one request at one endpoint.
struct request_outcome {
  std::uint16_t status = 0;     // 0: it failed
  fault why = fault::internal;  // where it failed
  duration took{};              // until the answer's head
  bool on_trial = false;
  bool broke_off = false;  // it failed when its answer had begun
  bool goes_on = false;    // of a trial: the rest of its answer is still to come
};

class outlier_detector {
 public:
  explicit outlier_detector(const config::outlier_detection& by)
      : by_(by), windows_(by.error_rate || by.slower_than) {}

  void ended(upstream& of, endpoint& at, const request_outcome& what, const io::loop& on) const;

 private:
  void failed(upstream& of, endpoint& at, const request_outcome& what, const io::loop& on) const;
  void count(upstream& of, endpoint& at, const request_outcome& what, bool failed,
             const io::loop& on) const;
  void end_window(upstream& of, endpoint& at, const io::loop& on) const;
  void eject(upstream& of, endpoint& at, const char* why, bool unreachable,
             const io::loop& on) const;

  const config::outlier_detection by_;
  const bool windows_;
};

}  // namespace ferroway::upstream
