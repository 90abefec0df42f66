// What has been used up and may not come again for a while: nonces of signatures. One for all
// workers of a process, behind a lock that is held for some comparisons.
//
// Two tables take turns: each is filled for a lifetime, then read for another. So what was seen is
// known for one lifetime at least, and the memory has a bound; where a table is full, nothing new
// can be told from what was seen, and the caller has to refuse it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/keyed_hash.hpp"

namespace ferroway::credentials {

class seen_nonces {
 public:
  // Room for `capacity` in each lifetime.
  seen_nonces(std::size_t capacity, duration lifetime);

  enum class outcome : std::uint8_t { fresh, seen, full };
  // Of a nonce and the id of the key that it came with; a fresh one is seen from now on.
  outcome use(std::string_view key_id, std::string_view nonce, time_point now);

  std::size_t capacity() const noexcept { return capacity_; }
  duration lifetime() const noexcept { return lifetime_; }

 private:
  // A hash table of hashes under a key that nobody knows: two nonces are taken for one once in
  // 2^64 / capacity, and nobody can bring that about. 0: nothing stands there.
  using table = std::vector<std::uint64_t>;
  static std::size_t place_of(const table& in, std::uint64_t what) noexcept;
  void take_turns(time_point now);

  const std::size_t capacity_;
  const duration lifetime_;
  const keyed_hash hash_ = keyed_hash::random();
  std::mutex lock_;
  table filled_, before_;  // none before the first nonce
  std::size_t count_ = 0;  // in `filled_`
  time_point began_{};     // to be filled
};

}  // namespace ferroway::credentials
