// `consumers`: who may ask, and the groups that each is in.
#include <algorithm>

#include "config/readers.hpp"
#include "credentials/consumer_name.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t consumers_max = 10'000;
constexpr std::size_t groups_max = 64;
constexpr std::string_view what = "names and consumers such as {acme: [gold]}";

void read_groups(reading& in, const node& from, std::vector<std::string>& into) {
  if (!is_filled_list(in, from, "groups", "groups")) return;
  if (from.items.size() > groups_max) {
    return in.report.error(from.at, "a consumer is in at most 64 groups");
  }
  for (const node* item : from.items) {
    auto name = read_name(in, *item, "groups");
    if (!name) continue;
    if (std::ranges::find(into, *name) != into.end()) {
      in.report.error(item->at, "the group " + shown(*name) + " stands here twice");
      continue;
    }
    into.push_back(std::move(*name));
  }
}

void read_consumer(reading& in, const node& from, consumer& into) {
  if (from.is_list()) return read_groups(in, from, into.groups);
  if (!is_mapping(in, from, "consumers", "the consumer's groups, such as [gold]")) return;
  const fields all(in, from, keys::consumer);
  if (const node* groups = all.find("groups")) read_groups(in, *groups, into.groups);
}

}  // namespace

std::optional<std::string> read_consumer_name(reading& in, const node& from, std::string_view key) {
  if (from.is_scalar() && credentials::is_consumer_name(from.text)) return std::string(from.text);
  expected(in, from, key, credentials::consumer_name_described);
  return std::nullopt;
}

void read_consumers(reading& in, const node* from, draft& into) {
  if (from == nullptr || !is_mapping(in, *from, "consumers", what)) return;
  for (std::size_t i = 0; i + 1 < from->items.size(); i += 2) {
    const node& key = *from->items[i];
    if (key.is_scalar() && key.text.starts_with("x-")) continue;
    auto name = read_consumer_name(in, key, "consumers");
    if (!name) continue;
    const auto [first, fresh] = into.consumer_names.emplace(*name, into.value.consumers.size());
    if (!fresh) {
      check_first(in, "consumer", *name, key.at, into.value.consumers[first->second].at);
      continue;
    }
    if (into.value.consumers.size() == consumers_max) {
      return in.report.error(key.at, "there are more than 10000 consumers");
    }
    consumer made{std::move(*name), {}, key.at};
    read_consumer(in, *from->items[i + 1], made);
    into.value.consumers.push_back(std::move(made));
  }
}

}  // namespace ferroway::config
