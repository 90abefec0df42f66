// `upstreams`, and the URLs of endpoints wherever they stand.
#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "config/host_pattern.hpp"
#include "config/readers.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view service_scheme = "srv+http";
constexpr std::string_view url_forms = "a URL such as http://10.0.0.1:8000 or unix:/run/app.sock";

// A name that DNS may know. One that ends in a number is a slip in an address.
bool is_dns_name(std::string_view text) {
  const std::string_view last = text.substr(text.rfind('.') + 1);
  return is_host_name(text) && !std::ranges::all_of(last, is_digit);
}

// Where `into` is: an address, or a name and a port.
bool read_place(reading& in, const node& from, std::string_view key, const authority_parts& parts,
                endpoint& into) {
  const auto port =
      parts.port.empty() ? std::optional<std::uint64_t>(80) : parse_decimal(parts.port);
  if (!port || *port == 0 || *port > 65535) {
    expected(in, from, key, "a port from 1 to 65535");
    return false;
  }
  into.port = static_cast<std::uint16_t>(*port);
  const std::string_view host = parts.host;
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  std::string_view literal = bracketed ? host.substr(1, host.size() - 2) : host;
  if (equals_ignoring_case(literal, "localhost")) literal = "127.0.0.1";
  const auto ip = io::ip_address::parse(literal);
  if (ip && bracketed == literal.contains(':')) {
    into.address = io::address::of_ip(*ip, std::exchange(into.port, 0));
    return true;
  }
  into.name = lower_case(literal);
  if (!bracketed && is_dns_name(into.name)) return true;
  expected(in, from, key, url_forms);
  return false;
}

// A name whose SRV records say addresses and ports.
bool read_service_name(reading& in, const node& from, std::string_view key,
                       const authority_parts& parts, endpoint& into) {
  if (!parts.port.empty()) {
    in.report.error(from.at, "a port behind a name with SRV records, which say it themselves",
                    "leave it out");
    return false;
  }
  into.name = lower_case(parts.host);
  if (is_dns_name(into.name)) return true;
  expected(in, from, key, "a name such as srv+http://_http._tcp.users.internal");
  return false;
}

std::optional<endpoint> read_unix(reading& in, const node& from, std::string_view key,
                                  const std::string& text) {
  const auto address = io::address::parse(text);
  if (!address) {
    expected(in, from, key, "a socket such as unix:/run/app.sock, its path shorter than 108 bytes");
    return std::nullopt;
  }
  return endpoint{text, *address, "localhost", from.at};
}

// Reports a scheme that is not http, in words of SRV or plain; true where it is.
bool is_http(reading& in, const node& from, std::string_view key, std::string_view low) {
  if (low == "http" || low == service_scheme) return true;
  if (low == "https") {
    in.report.error(from.at, "`https` to an endpoint is not supported yet", "use http://");
  } else if (low == "h2c" || low == "grpc" || low == "ws" || low == "wss") {
    in.report.error(from.at, shown(std::string(low) + "://") + " is not supported yet",
                    low == "ws" ? "WebSockets pass through http:// endpoints" : "");
  } else {
    expected(in, from, key, url_forms);
  }
  return false;
}

std::string_view authority_of(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  return authority;
}

void read_endpoints(reading& in, const node& from, std::string_view key, upstream& into) {
  std::set<std::string> seen;
  for (const node* item : from.items) {
    const node* url = item;
    endpoint shares;
    if (item->is_mapping() && key == "endpoints") {
      const fields all(in, *item, keys::endpoint);
      read_share(all, shares);
      url = all.find("url");
      if (url == nullptr) {
        in.report.error(item->at, "this endpoint has no `url`");
        continue;
      }
    }
    auto made = read_endpoint(in, *url, key);
    if (!made) continue;
    const std::string place = made->is_name() ? lower_case(made->url) : made->address.text();
    if (!seen.insert(place).second) {
      in.report.error(url->at, "the endpoint " + shown(url->text) + " stands here twice");
      continue;
    }
    made->weight = shares.weight;
    made->priority = shares.priority;
    into.endpoints.push_back(std::move(*made));
  }
  check_shares(in, from, from.items.size(), into);
}

void read_host(reading& in, const node& from, upstream& into) {
  constexpr std::string_view what = "client, endpoint or a host name";
  const auto text = read_text(in, from, "host", what);
  if (!text || *text == "client") return;
  if (*text == "endpoint") {
    into.host = host_sent::endpoint;
  } else if (is_authority(lower_case(*text))) {
    into.host = host_sent::fixed;
    into.host_name = *text;
  } else {
    expected(in, from, "host", what);
  }
}

void read_timeouts(reading& in, const node& from, upstream& into) {
  if (!is_mapping(in, from, "timeouts", "timeouts such as {connect: 2s}")) return;
  const fields all(in, from, keys::upstream_timeouts);
  all.read("connect", into.connect_timeout);
}

void read_upstream(reading& in, const node& from, draft_upstream& made) {
  upstream& into = made.value;
  if (!from.is_mapping()) {
    const bool urls = from.is_list() || (from.is_scalar() && looks_like_url(from.text));
    return expected(in, from, into.name, "an upstream such as {endpoints: [http://10.0.0.1:8000]}",
                    urls ? "put the URLs under `endpoints`" : "");
  }
  const fields all(in, from, keys::upstream);
  if (const node* endpoints = all.find("endpoints")) {
    if (is_filled_list(in, *endpoints, "endpoints", "URLs")) {
      read_endpoints(in, *endpoints, "endpoints", into);
    }
  } else if (!all.meant("endpoints")) {
    in.report.error(into.at, "the upstream " + shown(into.name) + " has no `endpoints`");
  }
  if (const node* host = all.find("host")) read_host(in, *host, into);
  if (const node* balance = all.find("balance")) read_balance(in, *balance, made);
  if (const node* check = all.find("health_check")) read_health_check(in, *check, into.check);
  if (const node* outliers = all.find("outlier_detection")) {
    read_outlier_detection(in, *outliers, into.outliers);
  }
  if (const node* sticky = all.find("sticky")) read_sticky(in, *sticky, into.sticky);
  if (const node* panic = all.find("panic_threshold")) {
    into.panic_threshold = read_percent(in, *panic, "panic_threshold").value_or(0);
  }
  all.read("slow_start", into.slow_start);
  if (const node* connections = all.find("connections")) read_connections(in, *connections, into);
  if (const node* timeouts = all.find("timeouts")) read_timeouts(in, *timeouts, into);
}

}  // namespace

bool looks_like_url(std::string_view text) {
  return text.find("://") != std::string_view::npos || text.starts_with("unix:");
}

std::optional<endpoint> read_endpoint(reading& in, const node& from, std::string_view key) {
  const auto text = read_text(in, from, key, url_forms);
  if (!text) return std::nullopt;
  if (text->starts_with("unix:")) return read_unix(in, from, key, *text);
  const std::size_t scheme_end = text->find("://");
  if (scheme_end == std::string::npos) {
    expected(in, from, key, url_forms, "begin with `http://`");
    return std::nullopt;
  }
  const std::string_view whole(*text);
  const std::string scheme = lower_case(whole.substr(0, scheme_end));
  if (!is_http(in, from, key, scheme)) return std::nullopt;
  std::string_view rest = whole.substr(scheme_end + 3);
  const std::string_view authority = authority_of(rest);
  if (!rest.empty()) {
    in.report.error(from.at, "a path in an endpoint's URL: " + shown(from.text),
                    "leave out all that stands behind the port");
    return std::nullopt;
  }
  if (authority.find('@') != std::string_view::npos) {
    in.report.error(from.at, "a user name in an endpoint's URL", "leave it out");
    return std::nullopt;
  }
  const auto parts = split_authority(authority);
  if (!parts) {
    expected(in, from, key, "a port behind the colon");
    return std::nullopt;
  }
  endpoint made{scheme + "://" + std::string(authority), {}, std::string(authority), from.at};
  const bool is_place = scheme == service_scheme ? read_service_name(in, from, key, *parts, made)
                                                 : read_place(in, from, key, *parts, made);
  if (!is_place) return std::nullopt;
  return made;
}

std::optional<upstream> read_upstream_in_place(reading& in, const node& from) {
  upstream made;
  made.at = from.at;
  if (from.is_list()) {
    read_endpoints(in, from, "to", made);
  } else if (auto only = read_endpoint(in, from, "to")) {
    made.endpoints.push_back(std::move(*only));
  }
  if (made.endpoints.empty()) return std::nullopt;
  return made;
}

void read_upstreams(reading& in, const node* from, draft& into) {
  if (from == nullptr) return;
  constexpr std::string_view what = "names and upstreams, such as {users: {endpoints: [...]}}";
  if (!is_mapping(in, *from, "upstreams", what)) return;
  for (std::size_t i = 0; i + 1 < from->items.size(); i += 2) {
    const node& key = *from->items[i];
    if (key.is_scalar() && key.text.starts_with("x-")) continue;
    const auto name = key.is_scalar() ? read_name(in, key, "upstreams") : std::nullopt;
    if (!name) continue;
    if (const auto first = into.upstream_names.find(*name); first != into.upstream_names.end()) {
      if (first->second) {
        check_first(in, "upstream", *name, key.at, into.upstreams[*first->second].value.at);
      }
      continue;
    }
    draft_upstream made;
    made.value.name = *name;
    made.value.at = key.at;
    read_upstream(in, *from->items[i + 1], made);
    into.upstream_names.emplace(*name, into.upstreams.size());
    into.upstreams.push_back(std::move(made));
  }
}

}  // namespace ferroway::config
