#include "exchange/forwarded.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.hpp"

namespace ferroway {
namespace {

using http::field_id;

bool trusted(const io::ip_address& ip, const std::vector<io::ip_network>& networks) {
  return std::ranges::any_of(networks, [&](const io::ip_network& net) { return net.contains(ip); });
}

std::string_view text_of(const io::ip_address& ip, arena& memory) {
  char* text = memory.allocate_text(io::ip_address::text_bytes_max);
  return {text, ip.write(text)};
}

// All X-Forwarded-For fields as one list (RFC 9110, 5.3).
std::string_view forwarded_for(exchange& ex) {
  return http::combined_value(ex.request.fields, field_id::x_forwarded_for, {}, ex.memory)
      .value_or("");
}

// Walks the list from the right past trusted hops. An entry that is no address ends the walk: what
// stands left of it was not vouched for by anybody we can name.
io::ip_address furthest_known(std::string_view hops, io::ip_address nearest,
                              const std::vector<io::ip_network>& networks) {
  while (!hops.empty()) {
    const std::size_t comma = hops.rfind(',');
    const std::string_view hop =
        trim(comma == std::string_view::npos ? hops : hops.substr(comma + 1));
    hops = comma == std::string_view::npos ? std::string_view{} : hops.substr(0, comma);
    const result<io::ip_address> ip = io::ip_address::parse(hop);
    if (!ip) return nearest;
    nearest = *ip;
    if (!trusted(*ip, networks)) return nearest;
  }
  return nearest;
}

void set_if_absent(exchange& ex, std::string_view name, std::string_view value, field_id id) {
  if (!ex.request.fields.has(id)) ex.request.fields.add(ex.memory, name, value, id);
}

constexpr field_id claims[] = {field_id::forwarded,        field_id::x_forwarded_for,
                               field_id::x_forwarded_host, field_id::x_forwarded_proto,
                               field_id::x_request_id,     field_id::traceparent};

// Whether CGI and its heirs would read the name as one of the claims: they fold `-`, `_` and `.`.
bool reads_as_claim(std::string_view name) {
  constexpr std::size_t longest = 32;
  if (name.size() > longest || name.find_first_of("_.") == std::string_view::npos) return false;
  std::array<char, longest> folded;
  std::ranges::transform(name, folded.begin(),
                         [](char c) { return c == '_' || c == '.' ? '-' : c; });
  return std::ranges::find(claims, http::identify({folded.data(), name.size()})) !=
         std::end(claims);
}

void remove_claims(http::field_list& fields) {
  for (const field_id id : claims) {
    if (fields.has(id)) fields.remove(id);
  }
  for (const http::field& item : fields) {
    if (item.id() == field_id::other && reads_as_claim(item.name())) fields.remove(item);
  }
}

}  // namespace

void identify_client(exchange& ex, const std::vector<io::ip_network>& trusted_proxies) {
  http::field_list& fields = ex.request.fields;
  std::string_view before;
  if (ex.peer->is_ip()) {
    ex.client = ex.peer->ip();
    ex.client_text = text_of(ex.client, ex.memory);
  }
  const std::string_view peer = ex.client_text;
  // A unix socket's peer has no address that could be listed, so it is not trusted.
  if (!trusted_proxies.empty() && ex.peer->is_ip() && trusted(ex.peer->ip(), trusted_proxies)) {
    before = forwarded_for(ex);
    ex.client = furthest_known(before, ex.peer->ip(), trusted_proxies);
    if (ex.client != ex.peer->ip()) ex.client_text = text_of(ex.client, ex.memory);
  } else {
    remove_claims(fields);
  }
  if (!peer.empty()) {
    fields.set(ex.memory, "X-Forwarded-For",
               before.empty() ? peer : ex.memory.join(before, ", ", peer),
               field_id::x_forwarded_for);
  }
  set_if_absent(ex, "X-Forwarded-Proto", "http", field_id::x_forwarded_proto);
  if (!ex.request.authority.empty()) {
    set_if_absent(ex, "X-Forwarded-Host", ex.request.authority, field_id::x_forwarded_host);
  }
}

}  // namespace ferroway
