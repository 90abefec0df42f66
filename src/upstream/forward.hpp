// Ends a pipeline: sends the request to an endpoint of an upstream and returns the answer's head as
// soon as it is there; the body is pulled from the endpoint by whoever writes it to the client.
//
// A failed try is repeated as the route's `retry` says (tries.hpp), within the upstream's retry
// budget, only while nothing of an answer has come and either no byte of the request can have left
// (any method), or the method is idempotent and the body still at hand.
#pragma once

#include <memory>

#include "exchange/pipeline.hpp"
#include "upstream/upstream.hpp"

namespace ferroway::upstream {

class forward final : public handler {
 public:
  explicit forward(std::shared_ptr<upstream> to) : to_(std::move(to)) {}
  task<result<response>> handle(exchange& ex) override;

 private:
  std::shared_ptr<upstream> to_;
};

}  // namespace ferroway::upstream
