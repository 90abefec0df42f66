#include "exchange/variables.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "exchange/route.hpp"
#include "http/query.hpp"

namespace ferroway {
namespace {

struct prefix {
  std::string_view text;
  variable::kind kind;
};
constexpr prefix prefixes[] = {
    {"header.", variable::kind::header},
    {"cookie.", variable::kind::cookie},
    {"query.", variable::kind::query},
    {"jwt.", variable::kind::claim},
};

std::string_view captured(const exchange& ex, std::string_view name) {
  const auto found = std::ranges::find(ex.captures, name, &capture::name);
  return found == ex.captures.end() ? std::string_view{} : found->value;
}

// RFC 6265, 5.4: name=value pairs separated by "; ". Many readers take `name =value` for one too.
std::string_view cookie_value(const http::field_list& fields, std::string_view name) {
  for (const http::field& item : fields) {
    if (item.id() != http::field_id::cookie) continue;
    std::string_view rest = item.value();
    while (!rest.empty()) {
      std::string_view pair = trim(split_off(rest, ';'));
      if (trim(split_off(pair, '=')) == name) return pair;
    }
  }
  return {};
}

std::string_view header_value(const http::field_list& fields, std::string_view name) {
  const http::field* found = fields.find(name);
  return found == nullptr ? std::string_view{} : found->value();
}

bool repeats_header(const http::field_list& fields, std::string_view name) {
  std::size_t count = 0;
  for (const http::field& item : fields) count += equals_ignoring_case(item.name(), name) ? 1 : 0;
  return count > 1;
}

bool repeats_cookie(const http::field_list& fields, std::string_view name) {
  std::size_t count = 0;
  for (const http::field& item : fields) {
    if (item.id() != http::field_id::cookie) continue;
    std::string_view rest = item.value();
    while (!rest.empty()) {
      std::string_view pair = trim(split_off(rest, ';'));
      if (trim(split_off(pair, '=')) == name) ++count;
    }
  }
  return count > 1;
}

// Of a path, where `+` is itself.
std::string_view percent_decoded(std::string_view text, arena& memory) {
  if (!text.contains('%')) return text;
  char* const begin = memory.allocate_text(text.size());
  char* end = begin;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
                        hex_value(text[at + 2]) >= 0;
    *end++ = escape ? static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]))
                    : text[at];
    if (escape) at += 2;
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view variable::identity(exchange& ex) const {
  const http::request_head& request = ex.request;
  switch (is_) {
    case kind::header:
      return repeats_header(request.fields, argument_) ? std::string_view{} : value(ex);
    case kind::cookie:
      return repeats_cookie(request.fields, argument_) ? std::string_view{} : value(ex);
    case kind::query:
      if (http::repeats_query_parameter(request.query, argument_)) return {};
      return http::query_parameter(request.query, argument_, ex.memory).value_or("");
    case kind::capture:
      return percent_decoded(value(ex), ex.memory);
    case kind::client_ip:
    case kind::route_name:
    case kind::request_id:
    case kind::claim:
    case kind::consumer:
      break;
  }
  return value(ex);
}

std::optional<variable> variable::parse(std::string_view name) {
  if (name == "client.ip") return variable(kind::client_ip, {});
  if (name == "route.name") return variable(kind::route_name, {});
  if (name == "request.id") return variable(kind::request_id, {});
  if (name == "consumer") return variable(kind::consumer, {});
  if (name.starts_with("path.") || name.starts_with("host.")) return variable(kind::capture, name);
  for (const prefix& candidate : prefixes) {
    if (name.starts_with(candidate.text) && name.size() > candidate.text.size()) {
      return variable(candidate.kind, name.substr(candidate.text.size()));
    }
  }
  return std::nullopt;
}

std::string_view variable::value(exchange& ex) const {
  switch (is_) {
    case kind::client_ip:
      return ex.client_text;
    case kind::header:
      return header_value(ex.request.fields, argument_);
    case kind::cookie:
      return cookie_value(ex.request.fields, argument_);
    case kind::query:
      return http::raw_query_parameter(ex.request.query, argument_).value_or("");
    case kind::capture:
      return captured(ex, argument_);
    case kind::route_name:
      return ex.matched == nullptr ? std::string_view{} : ex.matched->name;
    case kind::request_id:
      return ex.request_id();
    case kind::claim:
      return ex.who.claim(argument_);
    case kind::consumer:
      return ex.who.consumer;
  }
  std::unreachable();
}

text_template::text_template(const config::template_text& from) {
  for (const config::template_piece& item : from) {
    if (item.is_variable) {
      pieces_.push_back({{}, variable::parse(item.text)});
    } else {
      pieces_.push_back({item.text, std::nullopt});
    }
  }
}

std::string_view text_template::fill(exchange& ex) const {
  if (pieces_.empty()) return {};
  if (pieces_.size() == 1) {
    return pieces_[0].from ? pieces_[0].from->value(ex) : std::string_view(pieces_[0].literal);
  }
  std::string_view text;
  for (const piece& item : pieces_) {
    text = ex.memory.join(text, item.from ? item.from->value(ex) : std::string_view(item.literal));
  }
  return text;
}

std::optional<std::string_view> text_template::fill_identity(exchange& ex) const {
  std::string_view text;
  for (const piece& item : pieces_) {
    const std::string_view part =
        item.from ? item.from->identity(ex) : std::string_view(item.literal);
    if (item.from && part.empty()) return std::nullopt;
    text = pieces_.size() == 1 ? part : ex.memory.join(text, part);
  }
  return text;
}

}  // namespace ferroway
