#include "exchange/variables.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "exchange/route.hpp"

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
};

std::string_view captured(const exchange& ex, std::string_view name) {
  const auto found = std::ranges::find(ex.captures, name, &capture::name);
  return found == ex.captures.end() ? std::string_view{} : found->value;
}

// RFC 6265, 5.4: name=value pairs separated by "; ".
std::string_view cookie_value(const http::field_list& fields, std::string_view name) {
  for (const http::field& item : fields) {
    if (item.id() != http::field_id::cookie) continue;
    std::string_view rest = item.value();
    while (!rest.empty()) {
      std::string_view pair = trim(split_off(rest, ';'));
      if (split_off(pair, '=') == name) return pair;
    }
  }
  return {};
}

// Of a repeated parameter the first counts.
std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    std::string_view pair = split_off(query, '&');
    if (split_off(pair, '=') == name) return pair;
  }
  return {};
}

std::string_view client_ip(exchange& ex) {
  // A unix socket's peer has none.
  if (ex.peer != nullptr && !ex.peer->is_ip()) return {};
  char* to = ex.memory.allocate_text(46);
  return {to, ex.client.write(to)};
}

std::string_view header_value(const http::field_list& fields, std::string_view name) {
  const http::field* found = fields.find(name);
  return found == nullptr ? std::string_view{} : found->value();
}

}  // namespace

std::optional<variable> variable::parse(std::string_view name) {
  if (name == "client.ip") return variable(kind::client_ip, {});
  if (name == "route.name") return variable(kind::route_name, {});
  if (name == "request.id") return variable(kind::request_id, {});
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
      return client_ip(ex);
    case kind::header:
      return header_value(ex.request.fields, argument_);
    case kind::cookie:
      return cookie_value(ex.request.fields, argument_);
    case kind::query:
      return query_value(ex.request.query, argument_);
    case kind::capture:
      return captured(ex, argument_);
    case kind::route_name:
      return ex.matched == nullptr ? std::string_view{} : ex.matched->name;
    case kind::request_id:
      return ex.request_id();
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

}  // namespace ferroway
