#include "config/scalar.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace ferroway::config {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t worth;
};

constexpr std::array<unit, 4> duration_units{
    {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000}}};

constexpr std::array<unit, 4> rate_periods{{{"d", 86'400'000'000'000},
                                            {"h", 3'600'000'000'000},
                                            {"m", 60'000'000'000},
                                            {"s", 1'000'000'000}}};

constexpr std::array<unit, 7> size_units{{{"GiB", std::uint64_t{1} << 30},
                                          {"GB", 1'000'000'000},
                                          {"MiB", std::uint64_t{1} << 20},
                                          {"MB", 1'000'000},
                                          {"KiB", 1024},
                                          {"KB", 1000},
                                          {"B", 1}}};

constexpr std::uint64_t worth_max = std::uint64_t{1} << 62;

struct measured {
  std::string_view number;
  std::string_view unit;
};

measured take_apart(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto digits = static_cast<std::size_t>(end - text.begin());
  return {text.substr(0, digits), text.substr(digits)};
}

template <std::size_t Count>
std::optional<std::uint64_t> parse(std::string_view text, const std::array<unit, Count>& units) {
  const auto [number, name] = take_apart(text);
  const auto found = std::ranges::find(units, name, &unit::name);
  const auto value = parse_decimal(number);
  if (found == units.end() || !value || *value > worth_max / found->worth) return std::nullopt;
  return *value * found->worth;
}

template <std::size_t Count>
std::string format(std::uint64_t value, const std::array<unit, Count>& units) {
  for (const unit& each : units) {
    if (value != 0 && value % each.worth == 0) {
      return std::to_string(value / each.worth) + std::string(each.name);
    }
  }
  const unit& smallest = units.back();
  return std::to_string(value / smallest.worth) + std::string(smallest.name);
}

// The number at the front if what follows looks like a unit that somebody else would accept.
std::string_view number_before(std::string_view text, std::string_view& rest) {
  const auto [number, after] = take_apart(text);
  rest = trim(after);
  return number;
}

}  // namespace

std::optional<duration> parse_duration(std::string_view text) {
  const auto nanoseconds = parse(text, duration_units);
  if (!nanoseconds) return std::nullopt;
  return duration(static_cast<duration::rep>(*nanoseconds));
}

std::string format_duration(duration from) {
  if (from.count() <= 0) return "0s";
  return format(static_cast<std::uint64_t>(from.count()), duration_units);
}

std::optional<counted_rate> parse_rate(std::string_view text) {
  const auto [number, rest] = take_apart(text);
  if (!rest.starts_with('/')) return std::nullopt;
  const auto found = std::ranges::find(rate_periods, rest.substr(1), &unit::name);
  const auto count = parse_decimal(number);
  if (found == rate_periods.end() || !count || *count == 0) return std::nullopt;
  return counted_rate{*count, duration(static_cast<duration::rep>(found->worth))};
}

std::string format_rate(std::uint64_t count, duration period) {
  const auto found =
      std::ranges::find(rate_periods, static_cast<std::uint64_t>(period.count()), &unit::worth);
  return std::to_string(count) + "/" + std::string(found->name);
}

std::optional<std::uint64_t> parse_size(std::string_view text) { return parse(text, size_units); }

std::string format_size(std::uint64_t bytes) {
  return bytes == 0 ? "0B" : format(bytes, size_units);
}

std::string duration_hint(std::string_view text) {
  std::string_view rest;
  const std::string number(number_before(text, rest));
  if (number.empty()) return {};
  const std::string low = lower_case(rest);
  if (low.empty()) return "a duration has a unit: `" + number + "s`";
  for (const unit& each : duration_units) {
    if (low == each.name) return "did you mean `" + number + std::string(each.name) + "`?";
  }
  if (low.starts_with("sec")) return "did you mean `" + number + "s`?";
  if (low.starts_with("min")) return "did you mean `" + number + "m`?";
  if (low.starts_with("hour")) return "did you mean `" + number + "h`?";
  const auto days = low == "d" || low.starts_with("day") ? parse_decimal(number) : std::nullopt;
  if (days && *days <= 10'000) return "did you mean `" + std::to_string(*days * 24) + "h`?";
  return "the units are ms, s, m and h, with a whole number";
}

std::string size_hint(std::string_view text) {
  std::string_view rest;
  const std::string number(number_before(text, rest));
  if (number.empty()) return {};
  const std::string low = lower_case(rest);
  if (low.empty()) return "a size has a unit: `" + number + "B`";
  for (const unit& each : size_units) {
    if (low == lower_case(each.name)) {
      return "did you mean `" + number + std::string(each.name) + "`?";
    }
  }
  if (low == "k") return "did you mean `" + number + "KiB`?";
  if (low == "m") return "did you mean `" + number + "MiB`?";
  if (low == "g") return "did you mean `" + number + "GiB`?";
  return "the units are B, KB, MB, GB, KiB, MiB and GiB, with a whole number";
}

}  // namespace ferroway::config
