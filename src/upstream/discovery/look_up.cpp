#include "upstream/discovery/look_up.hpp"

#include <algorithm>
#include <utility>

namespace ferroway::upstream {
namespace {

// RFC 2782: 0 has a very small chance beside others. Where all have 0 they are alike.
std::uint32_t weight_of(const found_service& from) {
  return std::max<std::uint32_t>(from.weight, 1);
}

void add(const found_service& service, const found_addresses& hosts, name_answer& to) {
  for (const io::ip_address& ip : hosts.all) {
    to.all.push_back(
        {ip, service.port, service.priority, weight_of(service), service.target, hosts.other});
  }
}

}  // namespace

task<result<name_answer>> look_up_host(resolver& by, const std::string& name,
                                       io::cancel_scope& scope) {
  const result<found_addresses> found = co_await by.addresses(name, scope);
  if (!found) co_return fail(found.error());
  name_answer made{{}, found->valid};
  for (const io::ip_address& ip : found->all) made.all.push_back({.ip = ip, .other = found->other});
  co_return made;
}

task<result<name_answer>> look_up_service(resolver& by, const std::string& name,
                                          io::cancel_scope& scope) {
  const result<found_services> services = co_await by.services(name, scope);
  if (!services) co_return fail(services.error());
  name_answer made{{}, services->valid};
  for (const found_service& each : services->all) {
    const result<found_addresses> hosts = co_await by.addresses(each.target, scope);
    if (!hosts && hosts.error().kind == fault::no_endpoint) continue;
    if (!hosts) co_return fail(hosts.error());
    made.valid = std::min(made.valid, hosts->valid);
    add(each, *hosts, made);
  }
  std::ranges::sort(made.all);
  const auto same = std::ranges::unique(made.all);
  made.all.erase(same.begin(), same.end());
  if (made.all.size() > addresses_per_name_max) made.all.resize(addresses_per_name_max);
  if (made.all.empty()) {
    co_return fail(fault::no_endpoint, side::upstream, "none of its hosts has an address");
  }
  co_return made;
}

}  // namespace ferroway::upstream
