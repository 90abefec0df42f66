// What names stand for, as a test says: a resolver without a network.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/loop.hpp"
#include "upstream/discovery/resolver.hpp"

namespace ferroway::sim {

class made_up_names final : public upstream::resolver {
 public:
  explicit made_up_names(io::loop& on) : loop_(on) {}

  std::map<std::string, std::vector<std::string>> hosts;
  std::map<std::string, std::vector<upstream::found_service>> services_of;
  bool dead = false;  // nobody answers
  duration valid = std::chrono::seconds(10);
  std::size_t asked = 0;

  task<result<upstream::found_addresses>> addresses(const std::string& name,
                                                    io::cancel_scope& scope) override {
    ++asked;
    const result<void> waited = co_await loop_.sleep_for(dead ? patience : travel, scope);
    if (!waited) co_return fail(waited.error());
    if (dead) co_return fail(fault::timed_out, side::upstream, "nobody answers");
    const auto found = hosts.find(name);
    if (found == hosts.end() || found->second.empty()) {
      co_return fail(fault::no_endpoint, side::upstream, "no such name");
    }
    upstream::found_addresses made{{}, valid};
    for (const std::string& each : found->second) {
      made.all.push_back(*io::ip_address::parse(each));
    }
    co_return made;
  }

  task<result<upstream::found_services>> services(const std::string& name,
                                                  io::cancel_scope& scope) override {
    ++asked;
    const result<void> waited = co_await loop_.sleep_for(travel, scope);
    if (!waited) co_return fail(waited.error());
    const auto found = services_of.find(name);
    if (found == services_of.end()) {
      co_return fail(fault::no_endpoint, side::upstream, "no such name");
    }
    co_return upstream::found_services{found->second, valid};
  }

 private:
  static constexpr duration travel = std::chrono::milliseconds(2);
  static constexpr duration patience = std::chrono::seconds(4);
  io::loop& loop_;
};

}  // namespace ferroway::sim
