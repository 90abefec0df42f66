// Finds an endpoint with room for a request of an upstream with limits (request_limits.hpp): one is
// taken at once, or the request waits for it, first come first served, or there is no more room to
// wait in. On the frame of whoever sends the request; belongs to a worker.
#pragma once

#include <cstdint>
#include <span>

#include "upstream/upstream.hpp"

namespace ferroway::upstream {

struct place_query {
  exchange& ex;
  upstream& of;                          // has limits
  std::span<const std::uint32_t> tried;  // endpoints that are the last choice
  bool repeatable;                       // may be a trial (worker_part.hpp)
};

// An endpoint with a place, which whoever uses it gives back (endpoint_use::begin_placed).
struct endpoint_place {
  std::size_t endpoint = worker_part::nobody;
  bool on_trial = false;
};

// `full`: and as many wait as may.
enum class place_found : std::uint8_t { yes, waits, nobody, full };
place_found find_place(const place_query& what, endpoint_place& into);
// Of nobody and full.
failure why_none(place_found what, const upstream& of) noexcept;
// For one that does not wait: whether there is an endpoint with a place right now.
bool find_place_at_once(const place_query& what, endpoint_place& into);
// After `waits`. The scope's failure, or fault::overloaded when the time is over.
task<result<endpoint_place>> wait_for_place(const place_query& what, io::cancel_scope& scope);

}  // namespace ferroway::upstream
