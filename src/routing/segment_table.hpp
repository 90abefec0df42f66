// The edges of the route trie: (parent, text) -> child, in one flat open-addressing table. Filled
// by the builder, then only read, by any thread.
//
// A look-up costs one hash of the text and on average about one probe, however many edges there
// are. Clients choose what is looked up but never what is stored, so they can at worst meet the
// longest run of slots; the seed is random, so nobody knows which that is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ferroway::routing {

class segment_table {
 public:
  explicit segment_table(std::uint64_t seed) : seed_(seed), slots_(16) {}

  // 0 if there is none.
  std::uint32_t find(std::uint32_t parent, std::string_view text) const noexcept;
  // The edge must not be there yet; `child` is not 0.
  void insert(std::uint32_t parent, std::string_view text, std::uint32_t child);

 private:
  struct slot {
    std::uint32_t parent = 0;
    std::uint32_t child = 0;  // 0: free
    std::uint32_t tag = 0;    // of the hash, compared before the text
    std::uint32_t text_at = 0;
    std::uint32_t text_size = 0;
  };
  std::uint64_t hash(std::uint32_t parent, std::string_view text) const noexcept;
  std::string_view text_of(const slot& of) const noexcept {
    return {texts_.data() + of.text_at, of.text_size};
  }
  void place(const slot& filled, std::uint64_t hash);
  void grow();

  std::uint64_t seed_;
  std::vector<slot> slots_;  // a power of two, at most half full
  std::size_t used_ = 0;
  std::size_t longest_ = 0;  // text: what is longer needs no look-up
  std::string texts_;
};

}  // namespace ferroway::routing
