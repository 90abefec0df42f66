#include "upstream/balancer/consistent_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ferroway::upstream {
namespace {

// Looks into the table before one is drawn of those that are there: with half of them gone, all but
// one value in 65,536 find somebody.
constexpr int looks_max = 16;

maglev_table table_of(const config::upstream& from) {
  std::vector<maglev_table::entry> entries;
  for (const config::endpoint& each : from.endpoints) entries.push_back({each.url, each.weight});
  return maglev_table(entries);
}

// What stands for the request; its client where it lacks that.
std::string_view value_of(const variable& key, exchange& ex, bool* lacks = nullptr) {
  std::string_view value = key.identity(ex);
  if (lacks != nullptr) *lacks = value.empty();
  if (value.empty()) value = variable::parse("client.ip")->value(ex);
  return value;
}

}  // namespace

consistent_hash::consistent_hash(const config::upstream& from)
    : by_(from.hash_by), key_(*variable::parse(from.hash_by)), table_(table_of(from)) {}

std::uint32_t consistent_hash::pick(const pick_input& in, const candidates& among) noexcept {
  const std::string_view value = value_of(key_, *in.ex);
  return pick(XXH3_64bits(value.data(), value.size()), among);
}

std::uint32_t consistent_hash::pick(std::uint64_t hash, const candidates& among) const noexcept {
  for (int look = 0; look < looks_max; ++look) {
    const std::uint32_t chosen = table_.at(hash);
    if (among.may_take[chosen] != 0) return chosen;
    hash = XXH3_64bits_withSeed(&hash, sizeof hash, static_cast<std::uint64_t>(look));
  }
  return among.turns[hash % among.turns.size()];
}

std::string consistent_hash::why(const pick_input& in, const candidates& among,
                                 std::uint32_t chosen) const {
  bool lacks = false;
  const std::string_view value = value_of(key_, *in.ex, &lacks);
  std::string text = "consistent_hash: by ";
  if (lacks) text += "client.ip, since the request lacks ";
  text += by_ + ", of " + std::to_string(among.count);
  const std::uint32_t own = table_.at(XXH3_64bits(value.data(), value.size()));
  if (own != chosen) text += ", in place of one that is not available";
  return text;
}

}  // namespace ferroway::upstream
