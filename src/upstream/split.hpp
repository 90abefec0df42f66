// Ends a pipeline with one of several upstreams, chosen by weight: by chance, or by who the client
// is, so that it meets the same one again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exchange/pipeline.hpp"
#include "exchange/variables.hpp"

namespace ferroway::upstream {

class split final : public handler {
 public:
  struct part {
    std::string name;  // of the upstream
    std::uint32_t weight;
    std::shared_ptr<handler> to;
  };
  // `stick_by` names a variable; empty: by chance. Some weight is not 0.
  split(std::vector<part> parts, std::string_view stick_by);

  // A plain function: it costs no coroutine.
  task<result<response>> handle(exchange& ex) override;

 private:
  std::size_t by_chance(exchange& ex) const;
  std::size_t by_value(std::string_view value) const;

  std::vector<part> parts_;
  std::uint64_t total_ = 0;
  std::optional<variable> stick_by_;
  std::string why_stuck_;  // for the record
};

}  // namespace ferroway::upstream
