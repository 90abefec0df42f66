// Logins that were found right, for a while, so that a password's slow hash is made once and not
// with every request. Known by a digest of name and password under a key of this process alone: not
// even who reads the memory without that key learns a password by trying words.
//
// A bounded table of sets of four; what was used longest ago goes first. Only right logins come in,
// so nobody without a password can push others out. Belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "credentials/digest.hpp"

namespace ferroway::credentials {

class password_cache {
 public:
  // For so many logins, or up to three more.
  explicit password_cache(std::size_t capacity);

  struct known {
    std::uint32_t user;
    time_point until;
  };

  // While it is remembered.
  std::optional<known> find(const digest& login, time_point now) noexcept;
  void keep(const digest& login, std::uint32_t user, time_point until);

 private:
  struct slot {
    digest of{};
    std::uint32_t user = 0;
    std::uint64_t used = 0;  // 0: nobody's
    time_point until{};
  };
  static constexpr std::size_t ways = 4;

  slot* set_of(const digest& of) noexcept;

  std::size_t sets_;
  std::uint64_t uses_ = 0;
  std::vector<slot> slots_;  // none before the first login
};

// 32 random bytes, the same for as long as the process lives.
std::string_view process_key();

// Of a login under the key of this process.
std::optional<digest> digest_of_login(digester& by, std::string_view user,
                                      std::string_view password) noexcept;

}  // namespace ferroway::credentials
