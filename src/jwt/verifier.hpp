// From a token's text to what it says, or why it is not believed. Holds the memory that this takes,
// so that a worker's next token needs none; one verifier, one thread.
#pragma once

#include <expected>
#include <memory>
#include <string_view>

#include "jwt/claims.hpp"
#include "jwt/key_set.hpp"

namespace ferroway::jwt {

class verifier {
 public:
  verifier();
  ~verifier();
  verifier(verifier&&) noexcept;
  verifier& operator=(verifier&&) noexcept;

  // Lengths first, then the header, the signature, and only then what the token says. Times are
  // left to problem_of_times(), since they are asked again whenever the token comes.
  std::expected<verified_token, problem> verify(std::string_view token, const key_set& keys,
                                                const policy& by);

 private:
  struct memory;
  std::unique_ptr<memory> memory_;
};

}  // namespace ferroway::jwt
