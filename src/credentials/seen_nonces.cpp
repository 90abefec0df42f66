#include "credentials/seen_nonces.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace ferroway::credentials {

seen_nonces::seen_nonces(std::size_t capacity, duration lifetime)
    : capacity_(capacity), lifetime_(lifetime) {}

// Where it stands, or would stand: at most half of a table is filled.
std::size_t seen_nonces::place_of(const table& in, std::uint64_t what) noexcept {
  std::size_t at = what & (in.size() - 1);
  while (in[at] != 0 && in[at] != what) at = (at + 1) & (in.size() - 1);
  return at;
}

void seen_nonces::take_turns(time_point now) {
  if (filled_.empty()) {
    filled_.resize(std::bit_ceil(capacity_ * 2));
    before_.resize(filled_.size());
    began_ = now;
  }
  if (now - began_ <= lifetime_) return;
  // What was filled is too old as well, where nobody came for so long.
  const bool both = now - began_ > lifetime_ * 2;
  std::swap(filled_, before_);
  std::ranges::fill(filled_, 0);
  if (both) std::ranges::fill(before_, 0);
  count_ = 0;
  began_ = now;
}

seen_nonces::outcome seen_nonces::use(std::string_view key_id, std::string_view nonce,
                                      time_point now) {
  std::uint64_t what = hash_.of(hash_.of(key_id), nonce);
  if (what == 0) what = 1;
  const std::scoped_lock held(lock_);
  take_turns(now);
  const std::size_t at = place_of(filled_, what);
  if (filled_[at] == what || before_[place_of(before_, what)] == what) return outcome::seen;
  if (count_ == capacity_) return outcome::full;
  filled_[at] = what;
  ++count_;
  return outcome::fresh;
}

}  // namespace ferroway::credentials
