// The life of one exchange, whatever its protocol: route, pipeline, answer, settlement.
#pragma once

#include "exchange/exchange.hpp"
#include "server/snapshot.hpp"

namespace ferroway::server {

// `ex.request` has been read (or `ex.refusal` says why not). Returns when the last byte of the
// answer is out or lost, the upload has ended, and all end actions have run; a failure says that
// the client has not got a whole answer.
task<result<void>> run_exchange(exchange& ex, exchange_stream& client, const snapshot& serving,
                                std::size_t listener);

}  // namespace ferroway::server
