// A second try beside the first: where an answer takes longer than `retry.hedge`, another endpoint
// is asked the same, and the answer whose head comes first counts; the other try is broken off.
// Only for requests that may be sent twice and that are wholly at hand. On the exchange's worker.
#pragma once

#include "upstream/attempt.hpp"
#include "upstream/tries.hpp"

namespace ferroway::upstream {

// What `first` gives, or the second; then `first` has that one's connection, and `so_far` its
// endpoint. A failure is the first one's.
task<result<response>> run_hedged(exchange& ex, upstream& to, tries& so_far, attempt& first);

}  // namespace ferroway::upstream
