// The keys that tokens of one issuer may be signed with, and which of them a token is checked
// against. Immutable once it is shared; any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>
#include <vector>

#include "jwt/header.hpp"
#include "jwt/key.hpp"
#include "jwt/problem.hpp"

namespace ferroway::jwt {

class key_set {
 public:
  // Keys that one token is tried with, where it does not say which: what a forged one costs.
  static constexpr std::size_t tries_max = 8;

  void add(key item) { keys_.push_back(std::move(item)); }
  bool empty() const noexcept { return keys_.empty(); }
  std::size_t size() const noexcept { return keys_.size(); }

  // Fails with unknown_key, algorithm_refused or bad_signature. A token with a `kid` is tried with
  // the keys of that id and with those that have none; one without, with all that serve its
  // algorithm; never with more than tries_max.
  std::expected<void, problem> verify(const token_header& header, std::string_view signed_text,
                                      std::string_view signature) const noexcept;

 private:
  std::vector<key> keys_;
};

}  // namespace ferroway::jwt
