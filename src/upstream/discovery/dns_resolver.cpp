#include "upstream/discovery/dns_resolver.hpp"

#include <algorithm>
#include <utility>

namespace ferroway::upstream {
namespace {

// The file has no TTLs; it is read again after this time.
constexpr duration hosts_file_valid = std::chrono::seconds(5);

std::vector<record_type> families_of(config::family use) {
  switch (use) {
    case config::family::ipv4_first:
      return {record_type::a, record_type::aaaa};
    case config::family::ipv6_first:
      return {record_type::aaaa, record_type::a};
    case config::family::ipv4:
      return {record_type::a};
    case config::family::ipv6:
      return {record_type::aaaa};
    case config::family::both:  // IPv6 is tried first (RFC 8305, 4)
      return {record_type::aaaa, record_type::a};
  }
  return {};
}

// One address of each family is one host with two ways to it; of more, nobody knows which belong
// together.
void add(const found_addresses& more, found_addresses& to) {
  to.valid = std::min(to.valid, more.valid);
  if (to.all.size() == 1 && more.all.size() == 1) {
    to.other = more.all.front();
    return;
  }
  to.all.insert(to.all.end(), more.all.begin(), more.all.end());
  std::ranges::sort(to.all);
  if (to.all.size() > addresses_per_name_max) to.all.resize(addresses_per_name_max);
}

std::unexpected<failure> no_channel(const char* why) {
  return fail(fault::unreachable, side::local, why);
}

}  // namespace

dns_resolver::dns_resolver(io::epoll_loop& on, const config::dns& by)
    : channel_(on, by), families_(families_of(by.use)), both_(by.use == config::family::both) {}

found_addresses dns_resolver::in_hosts_file(const std::string& name) {
  found_addresses known{{}, hosts_file_valid};
  for (const record_type family : families_) {
    add({channel_.in_hosts_file(name, family), hosts_file_valid}, known);
    if (!known.all.empty() && !both_) break;
  }
  return known;
}

task<result<found_addresses>> dns_resolver::addresses(const std::string& name,
                                                      io::cancel_scope& scope) {
  if (channel_.trouble() != nullptr) co_return no_channel(channel_.trouble());
  if (found_addresses known = in_hosts_file(name); !known.all.empty()) co_return known;
  found_addresses all{{}, duration::max()};
  failure none{fault::no_endpoint, side::upstream, false, "no address"};
  for (const record_type family : families_) {
    const result<std::vector<std::uint8_t>> answer = co_await channel_.ask(name, family, scope);
    result<found_addresses> found = answer ? read_addresses(*answer, family) : fail(answer.error());
    // Only one that knows that there are none has the other family looked at: who merely does not
    // answer must not make all endpoints change.
    if (!found && found.error().kind != fault::no_endpoint) co_return fail(found.error());
    if (!found) {
      none = found.error();
      continue;
    }
    add(*found, all);
    if (!both_) break;
  }
  if (all.all.empty()) co_return fail(none);
  co_return all;
}

task<result<found_services>> dns_resolver::services(const std::string& name,
                                                    io::cancel_scope& scope) {
  if (channel_.trouble() != nullptr) co_return no_channel(channel_.trouble());
  const result<std::vector<std::uint8_t>> answer =
      co_await channel_.ask(name, record_type::srv, scope);
  if (!answer) co_return fail(answer.error());
  co_return read_services(*answer);
}

}  // namespace ferroway::upstream
