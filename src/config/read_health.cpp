// What watches endpoints: `health_check`, `outlier_detection`; and `retry`.
#include <algorithm>

#include "base/text.hpp"
#include "config/host_pattern.hpp"
#include "config/readers.hpp"
#include "config/scalar.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

// Of a body, where a route has `retry` and says nothing of it.
constexpr std::size_t replayed_bytes = std::size_t{64} * 1024;

constexpr std::size_t statuses_max = 32;

void read_number(const fields& all, std::string_view key, std::uint32_t& into) {
  std::size_t value = into;
  all.read(key, value);
  into = static_cast<std::uint32_t>(value);
}

// What may stand in a request line behind the host; fragments do not travel.
bool is_target(std::string_view text) {
  return text.starts_with('/') && std::ranges::none_of(text, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte <= 0x20 || byte >= 0x7F || c == '#';
         });
}

void read_path(reading& in, const node& from, health_check& into) {
  constexpr std::string_view what = "a path such as /healthz";
  const auto text = read_text(in, from, "path", what);
  if (!text) return;
  if (!is_target(*text)) return expected(in, from, "path", what);
  into.path = *text;
}

void read_method(reading& in, const node& from, health_check& into) {
  const auto text = read_text(in, from, "method", "a method such as GET or HEAD");
  if (!text) return;
  const bool fits =
      is_token(*text) && std::ranges::none_of(*text, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!fits || text->size() > 32 || *text == "CONNECT") {
    return expected(in, from, "method", "a method such as GET or HEAD");
  }
  into.method = *text;
}

std::optional<std::uint16_t> status_of(std::string_view text) {
  const auto value = parse_decimal(text);
  if (!value || *value < 100 || *value > 599) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

void read_expect(reading& in, const node& from, health_check& into) {
  constexpr std::string_view what = "a status such as 200, or a range such as 200-299";
  std::vector<const node*> items{&from};
  if (from.is_list()) {
    if (!is_filled_list(in, from, "expect", "statuses")) return;
    items = {from.items.begin(), from.items.end()};
  }
  if (items.size() > statuses_max) {
    return in.report.error(from.at, "`expect` has more than 32 statuses");
  }
  into.expect.clear();
  for (const node* item : items) {
    const auto text = read_text(in, *item, "expect", what);
    if (!text) continue;
    std::string_view rest = *text;
    const auto first = status_of(trim(split_off(rest, '-')));
    const auto last = text->contains('-') ? status_of(trim(rest)) : first;
    if (!first || !last || *first > *last) {
      expected(in, *item, "expect", what);
      continue;
    }
    into.expect.push_back({*first, *last});
  }
}

void read_host(reading& in, const node& from, health_check& into) {
  const auto text = read_text(in, from, "host", "a host name");
  if (!text) return;
  if (!is_authority(lower_case(*text))) return expected(in, from, "host", "a host name");
  into.host = *text;
}

// What only a request has.
void check_tcp(reading& in, const fields& all) {
  for (const std::string_view key : {"path", "method", "host", "expect", "body"}) {
    if (!all.has(key)) continue;
    in.report.error(all.at(key), shown(key) + " has no meaning with `type: tcp`",
                    "a connection is all that is asked for");
  }
}

template <std::size_t Count>
std::optional<std::size_t> read_choice(reading& in, const node& from, std::string_view key,
                                       const std::array<std::string_view, Count>& words) {
  const std::string what = std::string(words.front()) + " or " + std::string(words.back());
  const auto text = read_text(in, from, key, what);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  expected(in, from, key, what, did_you_mean(*text, {words.begin(), words.end()}));
  return std::nullopt;
}

void read_hedge(reading& in, const node& from, retry& into) {
  constexpr std::string_view what = "a time such as 200ms or a percentile such as p95";
  const auto text = read_text(in, from, "hedge", what);
  if (!text) return;
  if (text->size() == 3 && text->front() == 'p') {
    const auto percentile = parse_decimal(std::string_view(*text).substr(1));
    if (!percentile || *percentile < 10) return expected(in, from, "hedge", what);
    into.hedges = retry::hedging::after_percentile;
    into.hedge_percentile = static_cast<unsigned>(*percentile);
    return;
  }
  const auto time = parse_duration(*text);
  if (!time || *time < std::chrono::milliseconds(1) || *time > hours(24 * 365)) {
    return expected(in, from, "hedge", what);
  }
  into.hedges = retry::hedging::after_time;
  into.hedge_after = *time;
}

void add_condition(reading& in, const node& from, retry& into) {
  constexpr std::string_view what = "connect, reset, timeout or a status such as 503";
  const auto text = read_text(in, from, "when", what);
  if (!text) return;
  if (*text == "connect") {
    into.on_connect = true;
  } else if (*text == "reset") {
    into.on_reset = true;
  } else if (*text == "timeout") {
    into.on_timeout = true;
  } else if (const auto status = status_of(*text); status && *status >= 500) {
    into.statuses.push_back(*status);
  } else {
    expected(in, from, "when", what, did_you_mean(*text, {"connect", "reset", "timeout"}));
  }
}

void read_when(reading& in, const node& from, retry& into) {
  if (!is_filled_list(in, from, "when", "conditions such as connect, reset, timeout, 503")) return;
  if (from.items.size() > statuses_max) {
    return in.report.error(from.at, "`when` has more than 32 conditions");
  }
  into.on_connect = into.on_reset = false;
  for (const node* item : from.items) add_condition(in, *item, into);
}

}  // namespace

// Over 100 %.
std::optional<std::uint32_t> read_factor(reading& in, const node& from, std::string_view key) {
  constexpr std::string_view what = "a share over 100% such as 300%";
  const auto text = read_text(in, from, key, what);
  if (!text) return std::nullopt;
  const std::size_t digits = text->size() - (text->ends_with('%') ? 1 : 0);
  const auto value = parse_decimal(std::string_view(*text).substr(0, digits));
  if (digits == text->size() || !value || *value <= 100 || *value > 99'999) {
    expected(in, from, key, what);
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*value);
}

void read_health_check(reading& in, const node& from, health_check& into) {
  into.is = health_check::kind::http;
  into.unhealthy_interval = std::min(into.unhealthy_interval, into.interval);
  if (from.is_scalar() && from.text == "tcp") {
    into.is = health_check::kind::tcp;
    return;
  }
  if (from.is_scalar() && !from.is_null()) return read_path(in, from, into);
  if (!is_mapping(in, from, "health_check",
                  "a path such as /healthz, `tcp`, or {path: /healthz}")) {
    return;
  }
  constexpr std::array<std::string_view, 2> kinds{"http", "tcp"};
  constexpr std::array<std::string_view, 2> assumptions{"healthy", "unhealthy"};
  const fields all(in, from, keys::health_check);
  if (const node* type = all.find("type");
      type != nullptr && read_choice(in, *type, "type", kinds) == 1) {
    into.is = health_check::kind::tcp;
    check_tcp(in, all);
  }
  if (const node* path = all.find("path")) read_path(in, *path, into);
  if (const node* method = all.find("method")) read_method(in, *method, into);
  if (const node* host = all.find("host")) read_host(in, *host, into);
  if (const node* expect = all.find("expect")) read_expect(in, *expect, into);
  if (const node* body = all.find("body")) {
    into.body = read_text(in, *body, "body", "a text").value_or("");
  }
  all.read("interval", into.interval);
  into.unhealthy_interval = std::min(into.unhealthy_interval, into.interval);
  all.read("unhealthy_interval", into.unhealthy_interval);
  all.read("timeout", into.timeout);
  read_number(all, "unhealthy_after", into.unhealthy_after);
  read_number(all, "healthy_after", into.healthy_after);
  if (const node* assume = all.find("assume")) {
    into.assume_healthy = read_choice(in, *assume, "assume", assumptions).value_or(0) == 0;
  }
}

void read_outlier_detection(reading& in, const node& from, outlier_detection& into) {
  if (from.is_scalar() && (from.text == "off" || from.text == "false")) {
    into.on = false;
    return;
  }
  if (!is_mapping(in, from, "outlier_detection", "`off`, or {consecutive_failures: 5}")) return;
  const fields all(in, from, keys::outlier_detection);
  into.server_errors = true;
  read_number(all, "consecutive_failures", into.consecutive_failures);
  all.read("server_errors", into.server_errors);
  if (const node* rate = all.find("error_rate")) {
    into.error_rate = read_percent(in, *rate, "error_rate");
    if (into.error_rate == 0U) {
      in.report.error(rate->at, "`error_rate: 0%` would eject whoever answers", "such as 50%");
    }
  }
  if (const node* slow = all.find("slower_than")) {
    into.slower_than = read_factor(in, *slow, "slower_than");
  }
  read_number(all, "requests", into.requests_min);
  all.read("window", into.window);
  all.read("eject_for", into.eject_for);
  into.eject_for_max = std::max(into.eject_for_max, into.eject_for);
  all.read("eject_for_max", into.eject_for_max);
  if (into.eject_for_max < into.eject_for) {
    in.report.error(all.at("eject_for_max"), "`eject_for_max` is shorter than `eject_for`");
  }
  if (const node* most = all.find("eject_at_most")) {
    into.eject_at_most = read_percent(in, *most, "eject_at_most").value_or(into.eject_at_most);
  }
}

boxed<retry> read_retry(reading& in, const node& from) {
  if (!is_mapping(in, from, "retry", "settings such as {retries: 1, when: [connect, reset]}"))
    return {};
  const fields all(in, from, keys::retry);
  retry into;
  into.buffer = replayed_bytes;
  std::size_t retries = into.retries;
  all.read("retries", retries);
  into.retries = static_cast<unsigned>(retries);
  if (const node* when = all.find("when")) read_when(in, *when, into);
  all.read("per_try", into.per_try);
  if (const node* budget = all.find("budget")) {
    into.budget = read_percent(in, *budget, "budget").value_or(into.budget);
  }
  all.read("non_idempotent", into.non_idempotent);
  all.read("buffer", into.buffer);
  if (const node* hedge = all.find("hedge")) read_hedge(in, *hedge, into);
  if (into.on_timeout && !into.per_try && !all.has("per_try")) {
    in.report.error(all.at("when"), "`timeout` needs `per_try`",
                    "say how long one try may take, such as per_try: 5s");
  }
  if (into == retry{}) return {};
  return into;
}

}  // namespace ferroway::config
