// `ip_filter`: who may ask, by address.
#include <algorithm>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view what_networks = "IP addresses and networks such as 10.0.0.0/8";

// Of both lists together.
constexpr std::size_t networks_max = 100'000;

bool comes_before(const io::ip_network& a, const io::ip_network& b) {
  return a.base == b.base ? a.prefix_bits < b.prefix_bits : a.base < b.base;
}

// `place` says in which line of a longer text it stands.
std::string hint_for(std::string_view text, std::string_view place, const failure& why) {
  const bool has_prefix = text.find('/') != std::string_view::npos;
  if (has_prefix && io::ip_address::parse(text.substr(0, text.find('/')))) {
    return std::string(place) + why.detail;
  }
  return place.empty() ? "" : std::string(place) + "a network, an address or a `#` and a comment";
}

class networks_reader {
 public:
  networks_reader(reading& in, std::string_view key, network_list& into)
      : in_(in), key_(key), into_(into) {}

  // False where something was wrong, which has been reported.
  bool read(const node& from) {
    if (!is_filled_list(in_, from, key_, what_networks)) return false;
    bool right = true;
    for (const node* item : from.items) right = read_item(*item) && right;
    return right;
  }

 private:
  bool read_item(const node& item) {
    if (!item.is_scalar() || item.is_null()) return wrong(item, "");
    auto text = read_body(in_, item, key_);
    if (!text) return false;
    const std::size_t before = into_.networks.size();
    if (!read_lines(item, *text)) return false;
    if (into_.networks.size() == before) return wrong(item, "there is no network in it");
    into_.written.push_back(std::move(*text));
    return true;
  }

  bool read_lines(const node& item, std::string_view text) {
    const bool several = text.find('\n') != std::string_view::npos;
    std::size_t number = 0;
    while (!text.empty()) {
      ++number;
      std::string_view line = split_off(text, '\n');
      if (line.ends_with('\r')) line.remove_suffix(1);
      line = trim(split_off(line, '#'));
      if (line.empty()) continue;
      const result<io::ip_network> network = io::ip_network::parse(line);
      const std::string place = several ? "in line " + std::to_string(number) + " of it: " : "";
      if (!network) return wrong(item, hint_for(line, place, network.error()));
      into_.networks.push_back(*network);
      if (into_.networks.size() > networks_max) return too_many(item);
    }
    return true;
  }

  bool wrong(const node& item, std::string hint) {
    expected(in_, item, key_, what_networks, std::move(hint));
    return false;
  }
  bool too_many(const node& item) {
    in_.report.error(item.at, "`" + std::string(key_) + "` holds more than " +
                                  std::to_string(networks_max) + " networks");
    return false;
  }

  reading& in_;
  std::string_view key_;
  network_list& into_;
};

bool check_lists(reading& in, const node& from, const ip_filter_middleware& made) {
  std::vector<io::ip_network> allowed = made.allow.networks;
  if (allowed.size() + made.deny.networks.size() > networks_max) {
    in.report.error(from.at, "`allow` and `deny` hold more than " + std::to_string(networks_max) +
                                 " networks together");
    return false;
  }
  std::ranges::sort(allowed, comes_before);
  for (const io::ip_network& each : made.deny.networks) {
    if (!std::ranges::binary_search(allowed, each, comes_before)) continue;
    // It may have come from outside, so it is not shown.
    in.report.error(from.at, "`allow` and `deny` name the same network",
                    "of two networks the smaller one counts; one cannot be in both lists");
    return false;
  }
  return true;
}

}  // namespace

std::optional<ip_filter_middleware> read_ip_filter(reading& in, const node& from) {
  if (!is_mapping(in, from, "ip_filter", "lists such as {allow: [10.0.0.0/8]}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::ip_filter);
  ip_filter_middleware made;
  const node* allow = all.find("allow");
  const node* deny = all.find("deny");
  if (allow == nullptr && deny == nullptr) {
    if (!all.meant("allow") && !all.meant("deny")) {
      in.report.error(from.at, "`ip_filter` has neither `allow` nor `deny`",
                      "such as {allow: [10.0.0.0/8]}");
    }
    return std::nullopt;
  }
  bool right = true;
  if (allow != nullptr) right = networks_reader(in, "allow", made.allow).read(*allow) && right;
  if (deny != nullptr) right = networks_reader(in, "deny", made.deny).read(*deny) && right;
  all.read("shadow", made.shadow);
  if (!right || !check_lists(in, from, made)) return std::nullopt;
  return made;
}

}  // namespace ferroway::config
