#include "upstream/discovery/name_answers.hpp"

#include <algorithm>
#include <set>

#include "config/reaches.hpp"

namespace ferroway::upstream {
namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint8_t multicast_v6 = 0xFF;
constexpr std::uint8_t multicast_v4_first = 224;  // and all above, broadcast among them
constexpr std::size_t v4_at = 12;

// Nobody serves there.
bool is_nowhere(const io::ip_address& ip) {
  if (ip.is_unspecified()) return true;
  return ip.is_v4() ? ip.bytes[v4_at] >= multicast_v4_first : ip.bytes[0] == multicast_v6;
}

bool is_refused(const io::address& at, std::span<const io::address> never) {
  return is_nowhere(at.ip()) || std::ranges::any_of(never, [&](const io::address& own) {
           return config::reaches(at, own);
         });
}

config::endpoint placed(const config::endpoint& from, const resolved_place& at) {
  config::endpoint made = from;
  made.name.clear();
  made.port = 0;
  made.address = io::address::of_ip(at.ip, at.port != 0 ? at.port : from.port);
  if (at.other) made.other = io::address::of_ip(*at.other, made.address.port());
  made.url = "http://" + made.address.text();
  made.priority += at.priority;
  made.weight *= at.weight;
  if (at.target.empty()) return made;
  made.authority = at.target;
  if (at.port != http_port) made.authority += ":" + std::to_string(at.port);
  return made;
}

}  // namespace

config::upstream expand(const config::upstream& from, const name_answers& known,
                        std::span<const io::address> never,
                        std::span<const config::endpoint> until_known) {
  config::upstream made = from;
  made.endpoints.clear();
  std::set<std::string> seen;
  const auto add = [&](config::endpoint one) {
    if (seen.insert(one.address.text()).second) made.endpoints.push_back(std::move(one));
  };
  bool all_known = true;
  for (const config::endpoint& each : from.endpoints) {
    if (!each.is_name()) {
      add(each);
      continue;
    }
    const resolved_places* places = known.find(each.lookup());
    all_known = all_known && places != nullptr;
    if (places == nullptr) continue;
    for (const resolved_place& place : *places) {
      config::endpoint one = placed(each, place);
      if (is_refused(one.address, never)) continue;
      if (place.other && is_refused(one.other, never)) one.other = {};
      add(std::move(one));
    }
  }
  for (const config::endpoint& each : until_known) {
    if (!all_known && !(each.address.is_ip() && is_refused(each.address, never))) add(each);
  }
  return made;
}

bool stands_for_any(const config::upstream& from, std::span<const io::address> never) {
  return std::ranges::any_of(from.endpoints, [&](const config::endpoint& each) {
    return each.address.is_ip() && is_refused(each.address, never);
  });
}

std::vector<io::address> own_addresses(const config::config& of) {
  std::vector<io::address> own;
  if (of.admin.is_on()) own.push_back(of.admin.address);
  if (of.probe.is_on()) own.push_back(of.probe.address);
  return own;
}

}  // namespace ferroway::upstream
