#include "cli/echo/wishes.hpp"

#include <array>

#include "base/text.hpp"

namespace ferroway::echo {
namespace {

constexpr std::uint64_t bytes_max = std::uint64_t{1} << 40;

struct unit {
  std::string_view name;
  std::chrono::milliseconds length;
};
constexpr std::array units{unit{"ms", std::chrono::milliseconds(1)},
                           unit{"s", std::chrono::seconds(1)}, unit{"m", std::chrono::minutes(1)},
                           unit{"h", std::chrono::hours(1)}};

// Final answers only: interim ones are not for a client to choose.
bool is_final(std::uint64_t status) { return status >= 200 && status <= 599; }

bool take(wishes& into, std::string_view name, std::string_view value) {
  if (name == "delay") {
    into.delay = parse_duration(value);
    return into.delay.has_value();
  }
  if (name == "status") {
    const std::optional<std::uint64_t> status = parse_decimal(value);
    into.status = static_cast<std::uint16_t>(status.value_or(0));
    return status && is_final(*status);
  }
  if (name == "bytes") {
    into.bytes = parse_decimal(value);
    return into.bytes && *into.bytes <= bytes_max;
  }
  return true;
}

}  // namespace

std::optional<duration> parse_duration(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const std::optional<std::uint64_t> number = parse_decimal(text.substr(0, digits));
  for (const unit& known : units) {
    if (known.name != text.substr(digits)) continue;
    const auto most = std::chrono::milliseconds(std::chrono::hours(1)) / known.length;
    if (!number || *number > static_cast<std::uint64_t>(most)) return std::nullopt;
    return known.length * static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

std::optional<wishes> parse_wishes(std::string_view query) {
  wishes wanted;
  while (!query.empty()) {
    std::string_view value = split_off(query, '&');
    const std::string_view name = split_off(value, '=');
    if (!take(wanted, name, value)) return std::nullopt;
  }
  return wanted;
}

}  // namespace ferroway::echo
