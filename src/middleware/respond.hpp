// Ends a pipeline with a fixed answer.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "exchange/pipeline.hpp"

namespace ferroway {

class respond final : public handler {
 public:
  explicit respond(config::respond what) : what_(std::move(what)) {}
  task<result<response>> handle(exchange& ex) override;

 private:
  config::respond what_;
};

// Ends the pipeline of what no route may serve: the exchange's refusal becomes the answer.
class refuse final : public handler {
 public:
  task<result<response>> handle(exchange& ex) override;
};

}  // namespace ferroway
