#include "credentials/password_cache.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/random.hpp"

namespace ferroway::credentials {

password_cache::password_cache(std::size_t capacity)
    : sets_(std::max<std::size_t>(1, (capacity + ways - 1) / ways)) {}

password_cache::slot* password_cache::set_of(const digest& of) noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, of.data(), sizeof number);
  return slots_.data() + number % sets_ * ways;
}

std::optional<password_cache::known> password_cache::find(const digest& login,
                                                          time_point now) noexcept {
  if (slots_.empty()) return std::nullopt;
  slot* const first = set_of(login);
  slot* const found = std::find_if(first, first + ways, [&](const slot& each) {
    return each.used != 0 && equal(each.of, login);
  });
  if (found == first + ways) return std::nullopt;
  if (found->until <= now) {
    *found = {};
    return std::nullopt;
  }
  found->used = ++uses_;
  return known{found->user, found->until};
}

void password_cache::keep(const digest& login, std::uint32_t user, time_point until) {
  if (slots_.empty()) slots_.resize(sets_ * ways);
  slot* const first = set_of(login);
  slot* place = std::find_if(first, first + ways, [&](const slot& each) {
    return each.used != 0 && equal(each.of, login);
  });
  if (place == first + ways) {
    place = std::min_element(first, first + ways,
                             [](const slot& a, const slot& b) { return a.used < b.used; });
  }
  *place = {login, user, ++uses_, until};
}

std::string_view process_key() {
  static const std::array<char, 32> key = [] {
    std::array<char, 32> made;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(made.data()), made.size()) == 1) return made;
    for (std::size_t i = 0; i < made.size(); i += sizeof(std::uint64_t)) {
      const std::uint64_t word = system_seed();
      std::memcpy(&made[i], &word, sizeof word);
    }
    return made;
  }();
  return {key.data(), key.size()};
}

std::optional<digest> digest_of_login(digester& by, std::string_view user,
                                      std::string_view password) noexcept {
  // Its length in front of the name: no other pair makes the same bytes.
  const auto length = static_cast<char>(user.size());
  return by.of({process_key(), {&length, 1}, user, password});
}

}  // namespace ferroway::credentials
