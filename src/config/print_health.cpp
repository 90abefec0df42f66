#include "config/print_health.hpp"

#include "config/scalar.hpp"
#include "config/yaml_text.hpp"

namespace ferroway::config {
namespace {

std::string flag(bool on) { return on ? "true" : "false"; }
std::string percent(std::uint64_t of) { return std::to_string(of) + "%"; }

std::string text_of(const status_range& from) {
  const std::string first = std::to_string(from.first);
  return from.first == from.last ? first : first + "-" + std::to_string(from.last);
}

}  // namespace

std::vector<std::string> long_form_of(const health_check& from, const outside_values& outside) {
  if (from.is == health_check::kind::none) return {};
  const bool http = from.is == health_check::kind::http;
  std::vector<std::string> all{"health_check:"};
  const auto add = [&all](const std::string& key, const std::string& value) {
    all.push_back("  " + key + ": " + value);
  };
  const auto quoted = [&outside](const std::string& text) {
    const auto written = outside.find(text);
    return written ? yaml_as_written(*written) : yaml_quoted(text);
  };
  add("type", http ? "http" : "tcp");
  if (http) {
    add("path", quoted(from.path));
    add("method", yaml_word(from.method));
    if (!from.host.empty()) add("host", quoted(from.host));
    std::vector<std::string> expected;
    for (const status_range& each : from.expect) expected.push_back(text_of(each));
    add("expect", yaml_list(expected));
    if (!from.body.empty()) add("body", quoted(from.body));
  }
  add("interval", format_duration(from.interval));
  add("unhealthy_interval", format_duration(from.unhealthy_interval));
  add("timeout", format_duration(from.timeout));
  add("unhealthy_after", std::to_string(from.unhealthy_after));
  add("healthy_after", std::to_string(from.healthy_after));
  add("assume", from.assume_healthy ? "healthy" : "unhealthy");
  return all;
}

std::vector<std::string> long_form_of(const outlier_detection& from) {
  if (!from.on) return {"outlier_detection: off"};
  std::vector<std::string> all{"outlier_detection:"};
  const auto add = [&all](const std::string& key, const std::string& value) {
    all.push_back("  " + key + ": " + value);
  };
  add("consecutive_failures", std::to_string(from.consecutive_failures));
  add("server_errors", flag(from.server_errors));
  if (from.error_rate) add("error_rate", percent(*from.error_rate));
  if (from.slower_than) add("slower_than", percent(*from.slower_than));
  add("requests", std::to_string(from.requests_min));
  add("window", format_duration(from.window));
  add("eject_for", format_duration(from.eject_for));
  add("eject_for_max", format_duration(from.eject_for_max));
  add("eject_at_most", percent(from.eject_at_most));
  return all;
}

std::vector<std::string> long_form_of(const retry& from) {
  std::vector<std::string> when;
  if (from.on_connect) when.emplace_back("connect");
  if (from.on_reset) when.emplace_back("reset");
  if (from.on_timeout) when.emplace_back("timeout");
  for (const std::uint16_t status : from.statuses) when.push_back(std::to_string(status));
  std::vector<std::string> all{"retry:"};
  all.push_back("  retries: " + std::to_string(from.retries));
  if (!when.empty()) all.push_back("  when: " + yaml_list(when));
  if (from.per_try) all.push_back("  per_try: " + format_duration(*from.per_try));
  all.push_back("  budget: " + percent(from.budget));
  all.push_back("  non_idempotent: " + flag(from.non_idempotent));
  if (from.hedges == retry::hedging::after_time) {
    all.push_back("  hedge: " + format_duration(from.hedge_after));
  }
  if (from.hedges == retry::hedging::after_percentile) {
    all.push_back("  hedge: p" + std::to_string(from.hedge_percentile));
  }
  all.push_back("  buffer: " + format_size(from.buffer));
  return all;
}

std::vector<std::string> long_form_of(const mirror& from, const std::string& to) {
  std::vector<std::string> methods;
  for (const std::string& method : from.methods) methods.push_back(yaml_word(method));
  return {"mirror:",
          "  to: " + yaml_word(to),
          "  percent: " + std::to_string(from.percent),
          "  methods: " + yaml_list(methods),
          "  timeout: " + format_duration(from.timeout),
          "  in_flight: " + std::to_string(from.in_flight),
          "  body_bytes: " + format_size(from.body_bytes)};
}

}  // namespace ferroway::config
