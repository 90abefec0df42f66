// What api_key, basic_auth and hmac have in common: whom they let pass, and what the upstream is
// told.
#include <algorithm>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t entries_max = 64;

void read_groups(reading& in, const node& from, draft_middleware& into, consumer_rules& made) {
  if (!is_filled_list(in, from, "groups", "groups of consumers")) return;
  if (from.items.size() > entries_max) {
    return in.report.error(from.at, "`groups` has more than 64 entries");
  }
  for (const node* item : from.items) {
    auto name = read_name(in, *item, "groups");
    if (!name) continue;
    if (std::ranges::find(made.groups, *name) != made.groups.end()) {
      in.report.error(item->at, "the group " + shown(*name) + " stands here twice");
      continue;
    }
    into.groups.push_back({*name, item->at});
    made.groups.push_back(std::move(*name));
  }
}

std::optional<consumer_fact> read_fact(reading& in, const node& from) {
  constexpr const char* words = "`consumer` or `groups`";
  const auto word = read_text(in, from, "to_headers", words);
  if (!word) return std::nullopt;
  if (*word == "consumer") return consumer_fact::name;
  if (*word == "groups") return consumer_fact::groups;
  expected(in, from, "to_headers", words, did_you_mean(*word, {"consumer", "groups"}));
  return std::nullopt;
}

void read_to_headers(reading& in, const node& from, consumer_rules& made) {
  constexpr std::string_view what = "headers such as {X-Consumer: consumer, X-Groups: groups}";
  if (!is_mapping(in, from, "to_headers", what)) return;
  if (from.items.size() / 2 > entries_max) {
    return in.report.error(from.at, "`to_headers` has more than 64 entries");
  }
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const node& key = *from.items[i];
    auto name = read_header_name(in, key, {true, true});
    const auto fact = read_fact(in, *from.items[i + 1]);
    if (!name || !fact || !is_no_clients(in, key, "to_headers")) continue;
    const auto same = [&](const auto& each) { return equals_ignoring_case(each.first, *name); };
    if (std::ranges::any_of(made.to_headers, same)) {
      in.report.error(key.at, "the header " + shown(*name) + " stands here twice",
                      "header names are the same in upper and lower case");
      continue;
    }
    made.to_headers.emplace_back(std::move(*name), *fact);
  }
}

// It stands in WWW-Authenticate, between quotes.
void read_realm(reading& in, const node& from, std::string& into) {
  auto text = read_text(in, from, "realm", "a text");
  if (!text) return;
  const bool plain = std::ranges::all_of(
      *text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (!plain) return expected(in, from, "realm", "a text of visible ASCII without quotes");
  into = std::move(*text);
}

}  // namespace

void read_consumer_rules(reading& in, const fields& all, draft_middleware& into,
                         consumer_rules& made) {
  if (const node* groups = all.find("groups")) read_groups(in, *groups, into, made);
  if (const node* headers = all.find("to_headers")) read_to_headers(in, *headers, made);
  if (const node* realm = all.find("realm")) read_realm(in, *realm, made.realm);
  all.read("strip", made.strip);
  all.read("optional", made.optional);
  all.read("shadow", made.shadow);
}

}  // namespace ferroway::config
