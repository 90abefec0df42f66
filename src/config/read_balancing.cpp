// How an upstream chooses among its endpoints: `balance`, weights, priorities, `panic_threshold`.
#include <algorithm>

#include "config/readers.hpp"
#include "config/tokens.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view forms =
    "round_robin, least_request, peak_ewma, random or {consistent_hash: client.ip}";

void read_hash(reading& in, const node& from, draft_upstream& into) {
  constexpr std::string_view what = "a variable such as client.ip or cookie.session";
  const fields all(in, from, keys::balance);
  const node* by = all.find("consistent_hash");
  if (by == nullptr) {
    if (!all.meant("consistent_hash")) expected(in, from, "balance", forms);
    return;
  }
  const auto name = read_text(in, *by, "consistent_hash", what);
  if (!name) return;
  if (!is_variable_name(*name)) return expected(in, *by, "consistent_hash", what);
  if (!check_variable(in, *by, *name)) return;
  if (*name == "request.id") {
    return in.report.error(by->at, "`request.id` is another one with every request",
                           "`balance: random` spreads requests");
  }
  into.value.balance = balancing::consistent_hash;
  into.value.hash_by = *name;
  into.variables.push_back({*name, by->at});
}

}  // namespace

void read_balance(reading& in, const node& from, draft_upstream& into) {
  if (from.is_mapping()) return read_hash(in, from, into);
  const auto word = read_text(in, from, "balance", forms);
  if (!word) return;
  const auto found = std::ranges::find(balancing_words, *word);
  if (found != balancing_words.end()) {
    into.value.balance = static_cast<balancing>(found - balancing_words.begin());
    return;
  }
  std::string hint = did_you_mean(*word, {balancing_words.begin(), balancing_words.end()});
  if (*word == "consistent_hash") hint = "say by what: {consistent_hash: client.ip}";
  if (*word == "least_conn" || *word == "leastconn") hint = "Ferroway calls it `least_request`";
  if (*word == "ip_hash") hint = "Ferroway calls it {consistent_hash: client.ip}";
  expected(in, from, "balance", forms, std::move(hint));
}

void read_sticky(reading& in, const node& from, sticky_sessions& into) {
  constexpr std::string_view what = "a cookie's name such as gateway";
  const auto read_name = [&](const node& name) {
    const auto text = read_text(in, name, "cookie", what);
    if (!text) return;
    if (!is_token(*text)) return expected(in, name, "cookie", what);
    into.cookie = *text;
  };
  if (from.is_scalar() && !from.is_null()) return read_name(from);
  if (!is_mapping(in, from, "sticky", "a cookie's name, or {cookie: gateway}")) return;
  const fields all(in, from, keys::sticky);
  if (const node* name = all.find("cookie")) {
    read_name(*name);
  } else if (!all.meant("cookie")) {
    in.report.error(from.at, "`sticky` without a `cookie`", "such as {cookie: gateway}");
  }
  if (const node* key = all.find("key")) into.key = read_secret(in, *key, "key", all.at("key"));
  all.read("secure", into.secure);
}

void read_share(const fields& all, endpoint& into) {
  std::size_t weight = into.weight, priority = into.priority;
  all.read("weight", weight);
  all.read("priority", priority);
  into.weight = static_cast<std::uint32_t>(weight);
  into.priority = static_cast<std::uint32_t>(priority);
}

void check_shares(reading& in, const node& from, std::size_t count, const upstream& made) {
  const bool any =
      std::ranges::any_of(made.endpoints, [](const endpoint& each) { return each.weight > 0; });
  if (made.endpoints.size() == count && !any) {
    in.report.error(from.at, "the weights are all 0: nothing would be sent anywhere");
  }
}

}  // namespace ferroway::config
