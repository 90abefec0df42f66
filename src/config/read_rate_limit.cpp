// `rate_limit`: a rate alone, or all of it.
#include <algorithm>

#include "config/read_middlewares.hpp"
#include "config/scalar.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t variables_max = 8;
constexpr std::size_t rates_max = 10'000;
constexpr std::uint64_t count_max = 1'000'000'000;
// From empty to full. What one limit can owe stays far from the end of its clock.
constexpr duration fill_time_max = std::chrono::hours(24 * 31);

std::optional<request_rate> read_rate(reading& in, const node& from, std::string_view key) {
  constexpr std::string_view what = "a rate such as 100/s, 6000/m, 1000/h or 10000/d";
  const auto text = read_text(in, from, key, what);
  if (!text) return std::nullopt;
  const auto made = parse_rate(*text);
  if (!made || made->count > count_max) {
    expected(in, from, key, what);
    return std::nullopt;
  }
  return request_rate{made->count, made->period};
}

void add_variable(reading& in, const node& from, draft_middleware& into,
                  std::vector<std::string>& names) {
  constexpr std::string_view what = "a variable such as client.ip or header.X-Tenant";
  const auto name = read_text(in, from, "key", what);
  if (!name) return;
  if (!is_variable_name(*name)) return expected(in, from, "key", what);
  if (!check_variable(in, from, *name)) return;
  if (*name == "request.id") {
    return in.report.error(from.at, "`request.id` is another one with every request",
                           "such a limit would never count to two");
  }
  if (std::ranges::find(names, *name) != names.end()) {
    return in.report.error(from.at, "the variable " + shown(*name) + " stands here twice");
  }
  names.push_back(*name);
  into.variables.push_back({*name, from.at});
}

void read_key(reading& in, const node& from, draft_middleware& into, rate_limit_middleware& made) {
  made.key.clear();
  if (!from.is_list()) return add_variable(in, from, into, made.key);
  if (!is_filled_list(in, from, "key", "variables")) return;
  if (from.items.size() > variables_max) {
    return in.report.error(from.at, "`key` has more than 8 variables");
  }
  for (const node* item : from.items) add_variable(in, *item, into, made.key);
}

using rates_by_name = std::map<std::string, request_rate>;

void read_rates(reading& in, const node& from, std::string_view key, rates_by_name& into) {
  if (!is_mapping(in, from, key, "values and rates such as {vip: 100/s}")) return;
  if (from.items.size() / 2 > rates_max) {
    return in.report.error(from.at, "`" + std::string(key) + "` has more than 10000 values");
  }
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const node& value = *from.items[i];
    if (!value.is_scalar() || value.text.empty()) {
      expected(in, value, key, "a value of the key");
      continue;
    }
    if (const auto rate = read_rate(in, *from.items[i + 1], key)) into.emplace(value.text, *rate);
  }
}

void read_group_rates(reading& in, const node& from, draft_middleware& into,
                      rate_limit_middleware& made) {
  read_rates(in, from, "group_rates", made.group_rates);
  if (made.key.empty() || made.key.front() != "consumer") {
    return in.report.error(from.at, "`group_rates` are for consumers",
                           "count by them: `key: consumer`");
  }
  for (std::size_t i = 0; from.is_mapping() && i + 1 < from.items.size(); i += 2) {
    const node& group = *from.items[i];
    if (group.is_scalar()) into.groups.push_back({std::string(group.text), group.at});
  }
}

// A burst that takes a month to fill is a mistake, and a cost that no burst covers too.
void check(reading& in, const fields& all, const node& from, const rate_limit_middleware& made) {
  const auto too_long = [](const request_rate& of, std::uint64_t burst) {
    const auto periods = static_cast<double>(burst) / static_cast<double>(of.count);
    return periods * static_cast<double>(of.period.count()) >
           static_cast<double>(fill_time_max.count());
  };
  if (too_long(made.rate, made.burst)) {
    in.report.error(all.has("burst") ? all.at("burst") : from.at,
                    "at this rate, such a burst takes more than 31 days to fill");
  }
  const auto dear = [&](const auto& each) { return each.second.of_a_second() < made.cost; };
  if (made.cost > made.burst || std::ranges::any_of(made.rates, dear) ||
      std::ranges::any_of(made.group_rates, dear)) {
    in.report.error(all.has("cost") ? all.at("cost") : from.at,
                    "a request that costs more than the burst never passes");
  }
}

}  // namespace

std::optional<rate_limit_middleware> read_rate_limit(reading& in, const node& from,
                                                     draft_middleware& into) {
  rate_limit_middleware made;
  if (from.is_scalar()) {
    const auto rate = read_rate(in, from, "rate_limit");
    if (!rate) return std::nullopt;
    made.rate = *rate;
    made.burst = rate->of_a_second();
    return made;
  }
  if (!is_mapping(in, from, "rate_limit", "a rate such as 100/s, or {rate: 100/s, burst: 200}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::rate_limit);
  const node* rate = all.find("rate");
  if (rate == nullptr) {
    if (!all.meant("rate")) {
      in.report.error(from.at, "`rate_limit` without a `rate`", "such as {rate: 100/s}");
    }
  } else {
    made.rate = read_rate(in, *rate, "rate").value_or(made.rate);
  }
  made.burst = made.rate.of_a_second();
  std::size_t burst = made.burst, cost = made.cost, v4 = made.v4_bits, v6 = made.v6_bits;
  all.read("burst", burst);
  all.read("cost", cost);
  all.read("ipv4_prefix", v4);
  all.read("ipv6_prefix", v6);
  all.read("clients", made.clients);
  all.read("headers", made.fields);
  all.read("shadow", made.shadow);
  made.burst = burst;
  made.cost = cost;
  made.v4_bits = static_cast<std::uint8_t>(v4);
  made.v6_bits = static_cast<std::uint8_t>(v6);
  if (const node* key = all.find("key")) read_key(in, *key, into, made);
  if (const node* rates = all.find("rates")) read_rates(in, *rates, "rates", made.rates);
  if (const node* rates = all.find("group_rates")) read_group_rates(in, *rates, into, made);
  check(in, all, from, made);
  return made;
}

}  // namespace ferroway::config
