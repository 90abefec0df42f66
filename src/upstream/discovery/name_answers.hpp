// What the names of endpoints stand for, as far as it is known: a plain value, on the control
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "io/address.hpp"

namespace ferroway::upstream {

// One of the places that a name stands for.
struct resolved_place {
  io::ip_address ip;
  std::uint16_t port = 0;  // 0: the endpoint's
  // Of SRV records, added to the endpoint's priority and multiplied with its weight.
  std::uint32_t priority = 0;
  std::uint32_t weight = 1;
  std::string target = {};                   // of an SRV record: the host's name
  std::optional<io::ip_address> other = {};  // a second way to the same
  auto operator<=>(const resolved_place&) const = default;
};

using resolved_places = std::vector<resolved_place>;  // sorted, each once

class name_answers {
 public:
  // By config::endpoint::lookup(). Null: it is not known yet.
  const resolved_places* find(const std::string& key) const {
    const auto found = known_.find(key);
    return found == known_.end() ? nullptr : &found->second;
  }
  void set(const std::string& key, resolved_places to) { known_[key] = std::move(to); }
  void forget(const std::string& key) { known_.erase(key); }

 private:
  std::map<std::string, resolved_places> known_;
};

// The upstream with addresses in place of names, each once; those of `never` are left out, whatever
// DNS says: the gateway's own admin listener is no route's to reach. `until_known`: endpoints that
// it has too for as long as one of its names is not known.
config::upstream expand(const config::upstream& from, const name_answers& known,
                        std::span<const io::address> never,
                        std::span<const config::endpoint> until_known = {});

// Whether an endpoint of it is one of these.
bool stands_for_any(const config::upstream& from, std::span<const io::address> never);

// The listeners of the gateway's own that no name may stand for.
std::vector<io::address> own_addresses(const config::config& of);

}  // namespace ferroway::upstream
