// `dns`: how names of endpoints are resolved.
#include <algorithm>

#include "config/readers.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t servers_max = 8;
constexpr std::uint16_t dns_port = 53;

std::optional<io::address> read_server(reading& in, const node& from) {
  constexpr std::string_view what =
      "the address of a DNS server such as 10.0.0.53 or 127.0.0.1:5353";
  const auto text = read_text(in, from, "servers", what);
  if (!text) return std::nullopt;
  if (const auto ip = io::ip_address::parse(*text)) return io::address::of_ip(*ip, dns_port);
  const auto address = io::address::parse(*text);
  if (!address || !address->is_ip() || address->port() == 0 || address->ip().is_unspecified()) {
    expected(in, from, "servers", what);
    return std::nullopt;
  }
  return *address;
}

void read_servers(reading& in, const node& from, dns& into) {
  if (!is_filled_list(in, from, "servers", "addresses of DNS servers")) return;
  if (from.items.size() > servers_max) {
    return in.report.error(from.at, "more DNS servers than " + std::to_string(servers_max));
  }
  for (const node* item : from.items) {
    if (const auto server = read_server(in, *item)) into.servers.push_back(*server);
  }
}

void read_family(reading& in, const node& from, dns& into) {
  constexpr std::string_view what = "ipv4_first, ipv6_first, ipv4, ipv6 or both";
  const auto word = read_text(in, from, "family", what);
  if (!word) return;
  const auto found = std::ranges::find(family_words, *word);
  if (found == family_words.end()) {
    return expected(in, from, "family", what,
                    did_you_mean(*word, {family_words.begin(), family_words.end()}));
  }
  into.use = static_cast<family>(found - family_words.begin());
}

}  // namespace

void read_dns(reading& in, const fields& top, dns& into) {
  const node* from = top.find("dns");
  if (from == nullptr || !is_mapping(in, *from, "dns", "settings such as {servers: [10.0.0.53]}")) {
    return;
  }
  const fields all(in, *from, keys::dns);
  if (const node* servers = all.find("servers")) read_servers(in, *servers, into);
  all.read("refresh_min", into.refresh_min);
  all.read("refresh_max", into.refresh_max);
  all.read("timeout", into.timeout);
  if (const node* use = all.find("family")) read_family(in, *use, into);
  if (into.refresh_max < into.refresh_min) {
    in.report.error(all.at(all.has("refresh_max") ? "refresh_max" : "refresh_min"),
                    "`refresh_max` is shorter than `refresh_min`");
  }
}

}  // namespace ferroway::config
