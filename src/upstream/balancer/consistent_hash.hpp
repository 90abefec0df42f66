// By something of the request (the client's address, a header, a cookie, a capture): the same value
// goes to the same endpoint, on every worker, process and restart. Where that one is not available,
// its values are shared out among the others, and nobody else's move.
#pragma once

#include <string>

#include "exchange/variables.hpp"
#include "upstream/balancer/balancer.hpp"
#include "upstream/balancer/maglev_table.hpp"

namespace ferroway::upstream {

class consistent_hash final : public balancer {
 public:
  explicit consistent_hash(const config::upstream& from);

  std::uint32_t pick(const pick_input& in, const candidates& among) noexcept override;
  std::string why(const pick_input& in, const candidates& among,
                  std::uint32_t chosen) const override;
  bool starts_slowly() const noexcept override { return false; }

  // For what has this hash.
  std::uint32_t pick(std::uint64_t hash, const candidates& among) const noexcept;

 private:
  std::string by_;
  variable key_;
  maglev_table table_;
};

}  // namespace ferroway::upstream
