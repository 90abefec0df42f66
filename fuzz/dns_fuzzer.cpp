// Whatever a DNS server answers is read within its bounds, and what is believed of it can be used:
// addresses sorted and once each, services with names that may be asked for.
#include <algorithm>
#include <cstdint>
#include <span>

#include "require.hpp"
#include "upstream/discovery/answer.hpp"

namespace {

using namespace ferroway;
using fuzz::require;

void check(const result<upstream::found_addresses>& found) {
  if (!found) return;
  require(!found->all.empty(), "none is a failure");
  require(found->all.size() <= upstream::addresses_per_name_max, "addresses are bounded");
  require(std::ranges::is_sorted(found->all), "addresses are sorted");
  require(std::ranges::adjacent_find(found->all) == found->all.end(), "each stands once");
  require(found->valid >= duration(0), "no TTL is negative");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::span message(bytes, size);
  check(upstream::read_addresses(message, upstream::record_type::a));
  check(upstream::read_addresses(message, upstream::record_type::aaaa));
  const auto services = upstream::read_services(message);
  if (!services) return 0;
  require(!services->all.empty(), "none is a failure");
  require(services->all.size() <= upstream::services_per_name_max, "services are bounded");
  for (const upstream::found_service& each : services->all) {
    require(each.port != 0 && upstream::is_dns_name(each.target), "targets can be asked for");
  }
  return 0;
}
