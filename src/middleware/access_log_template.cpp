// A line as the configuration spells it. Values are escaped as inside a JSON string, whatever the
// template makes of them.
#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

#include "config/limits.hpp"
#include "exchange/route.hpp"
#include "exchange/variables.hpp"
#include "middleware/access_log_line.hpp"
#include "telemetry/json_text.hpp"
#include "telemetry/time_text.hpp"

namespace ferroway {
namespace {

// What any one variable may take, and what each of those behind it finds in any case: enough for
// numbers, times and addresses.
constexpr std::size_t value_bytes_max = 2048;
constexpr std::size_t value_bytes_kept = 64;
static_assert(config::log_literal_bytes_max + config::log_variables_max * value_bytes_kept <
              access_log_line_bytes_max);
constexpr std::string_view cut_mark = "...";

using scratch = std::array<char, value_bytes_kept>;

std::string_view number(std::uint64_t value, scratch& room) {
  telemetry::bounded_text text(room);
  text.append_number(value);
  return text.view();
}

std::string_view protocol_of(http::version spoken) {
  switch (spoken) {
    case http::version::http_1_0:
      return "HTTP/1.0";
    case http::version::http_1_1:
      return "HTTP/1.1";
    case http::version::http_2:
      return "HTTP/2.0";
    case http::version::http_3:
      return "HTTP/3.0";
  }
  return {};
}

struct log_variable {
  std::string_view name;
  std::string_view (*value)(const exchange& ex, scratch& room);
};

// Those of config::log_variables().
constexpr std::array log_variables{
    log_variable{"request.method",
                 [](const exchange& ex, scratch&) { return ex.request.method_text; }},
    log_variable{"request.target", [](const exchange& ex, scratch&) { return ex.request.target; }},
    log_variable{"request.host", [](const exchange& ex, scratch&) { return ex.request.authority; }},
    log_variable{"request.protocol",
                 [](const exchange& ex, scratch&) { return protocol_of(ex.request.spoken); }},
    log_variable{"request.bytes",
                 [](const exchange& ex, scratch& room) { return number(ex.bytes_received, room); }},
    log_variable{"request.time",
                 [](const exchange& ex, scratch& room) {
                   telemetry::write_time(ex.started_wall, room.data());
                   return std::string_view(room.data(), telemetry::time_text_bytes);
                 }},
    log_variable{"response.status",
                 [](const exchange& ex, scratch& room) { return number(ex.status, room); }},
    log_variable{"response.bytes",
                 [](const exchange& ex, scratch& room) { return number(ex.bytes_sent, room); }},
    log_variable{"exchange.duration_ms",
                 [](const exchange& ex, scratch& room) {
                   telemetry::bounded_text text(room);
                   text.append_milliseconds(ex.worker.loop.now() - ex.started);
                   return text.view();
                 }},
    log_variable{"listener.name", [](const exchange& ex, scratch&) { return ex.listener; }},
    log_variable{"upstream.name", [](const exchange& ex, scratch&) { return ex.upstream; }},
    log_variable{"upstream.endpoint", [](const exchange& ex, scratch&) { return ex.endpoint; }},
    log_variable{"failure.kind",
                 [](const exchange& ex, scratch&) {
                   return ex.failed ? to_string(ex.failed->kind) : std::string_view{};
                 }},
    log_variable{"failure.side",
                 [](const exchange& ex, scratch&) {
                   return ex.failed ? to_string(ex.failed->from) : std::string_view{};
                 }},
    log_variable{"failure.detail",
                 [](const exchange& ex, scratch&) {
                   return ex.failed ? std::string_view(ex.failed->detail) : std::string_view{};
                 }},
    log_variable{"decision.rejected_by",
                 [](const exchange& ex, scratch&) { return ex.rejected_by; }},
    log_variable{"decision.would_reject",
                 [](const exchange& ex, scratch&) { return ex.would_reject; }},
};

bool is_edited_later(std::string_view name) {
  return name.starts_with("header.") || name.starts_with("cookie.");
}

class template_access_log_line final : public access_log_line {
 public:
  explicit template_access_log_line(const config::template_text& from) {
    for (const config::template_piece& each : from) {
      if (each.is_variable) {
        pieces_.push_back(variable_piece(each.text));
      } else {
        pieces_.push_back({each.text});
      }
    }
    std::size_t behind = 0;
    for (piece& each : std::views::reverse(pieces_)) {
      each.kept_free = behind;
      behind += each.is_literal() ? each.literal.size() : value_bytes_kept;
    }
  }

  kept_fields keep(exchange& ex) const override {
    if (kept_count_ == 0) return {};
    auto* kept = ex.memory.allocate_array<std::string_view>(kept_count_);
    std::size_t count = 0;
    for (const piece& each : pieces_) {
      if (each.early) kept[count++] = each.of_request->value(ex);
    }
    return {kept, count};
  }

  std::string_view write(exchange& ex, kept_fields kept,
                         std::span<char> room) const noexcept override {
    telemetry::bounded_text line(room);
    for (const piece& each : pieces_) {
      if (each.is_literal()) {
        line.append(each.literal);
        continue;
      }
      scratch made;
      std::string_view value;
      if (each.of_log != nullptr) {
        value = each.of_log->value(ex, made);
      } else if (each.early) {
        value = kept.front();
        kept = kept.subspan(1);
      } else {
        value = each.of_request->value(ex);
      }
      append(value, each.kept_free, line);
    }
    return line.view();
  }

 private:
  struct piece {
    std::string literal = {};
    const log_variable* of_log = nullptr;
    std::optional<variable> of_request = {};
    bool early = false;         // its value is kept
    std::size_t kept_free = 0;  // for what comes behind it
    bool is_literal() const noexcept { return of_log == nullptr && !of_request; }
  };

  piece variable_piece(const std::string& name) {
    piece made;
    const auto* const known = std::ranges::find(log_variables, name, &log_variable::name);
    if (known != log_variables.end()) {
      made.of_log = known;
      return made;
    }
    made.of_request = variable::parse(name);
    made.early = made.of_request && is_edited_later(name);
    if (made.early) ++kept_count_;
    return made;
  }

  static void append(std::string_view value, std::size_t kept_free,
                     telemetry::bounded_text& line) noexcept {
    if (value.empty()) value = "-";
    const std::size_t all = line.room() - std::min(line.room(), kept_free);
    const std::size_t own = std::min(all, value_bytes_max);
    if (!line.append_escaped(value, line.room() - own + cut_mark.size())) line.append(cut_mark);
  }

  std::vector<piece> pieces_;
  std::size_t kept_count_ = 0;
};

}  // namespace

std::unique_ptr<const access_log_line> make_template_line(const config::template_text& from) {
  return std::make_unique<template_access_log_line>(from);
}

}  // namespace ferroway
