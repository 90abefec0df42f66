// Tokens that were verified, by the SHA-256 of their whole text: whoever finds another text with
// the same one has broken SHA-256, and the text itself need not be kept. A bounded table of sets of
// four; what was used longest ago goes first. Belongs to one worker.
//
// Only genuine tokens come in, so nobody without a key can push others out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jwt/claims.hpp"

namespace ferroway::jwt {

// A claim's text as it may stand in a header (RFC 9110, 5.5): visible ASCII and single spaces are
// themselves; all else, commas and percent signs are percent-encoded, so that an item of a list
// cannot pass for two. Items stand between commas. Empty for what is absent.
std::string header_text(const claim_value& of);

struct remembered_token {
  verified_token said;
  std::vector<std::string> texts;  // header_text() of said.kept
};

class token_cache {
 public:
  using digest = std::array<unsigned char, 32>;

  // For so many tokens, or up to three more; 0: none.
  explicit token_cache(std::size_t capacity);
  token_cache(token_cache&&) noexcept;
  ~token_cache();

  bool is_on() const noexcept { return sets_ > 0; }
  digest digest_of(std::string_view token) noexcept;

  // Null where it is not there, or no longer.
  const remembered_token* find(const digest& of, wall_time now) noexcept;
  // Until that moment.
  const remembered_token& keep(const digest& of, remembered_token what, wall_time until);
  void clear() noexcept { slots_.clear(); }

 private:
  struct slot {
    digest of{};
    wall_time until{};
    std::uint64_t used = 0;
    std::unique_ptr<remembered_token> what;
  };
  struct hashing;
  static constexpr std::size_t ways = 4;

  slot* set_of(const digest& of) noexcept;

  std::size_t sets_;
  std::uint64_t uses_ = 0;
  std::vector<slot> slots_;  // none before the first token
  std::unique_ptr<hashing> hashing_;
};

}  // namespace ferroway::jwt
