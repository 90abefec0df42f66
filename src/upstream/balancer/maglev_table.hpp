// Maglev hashing (Eisenbud et al., NSDI 2016): a table in which every endpoint has as many places
// as its weight says, to within one in a hundred, and in which nearly all places keep their
// endpoint when another one comes or goes. The same on every worker, process and restart.
// Immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ferroway::upstream {

class maglev_table {
 public:
  struct entry {
    std::string_view name;  // what its places follow from
    std::uint32_t weight = 1;
  };
  // The order of the entries does not matter. Where no weight is but 0, it says nothing of use.
  explicit maglev_table(std::span<const entry> from);

  // An index into `from`.
  std::uint32_t at(std::uint64_t hash) const noexcept { return places_[hash % places_.size()]; }
  std::size_t size() const noexcept { return places_.size(); }

 private:
  std::vector<std::uint32_t> places_;
};

}  // namespace ferroway::upstream
