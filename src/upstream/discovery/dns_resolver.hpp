// Resolves names as the machine it runs on would: by its hosts file, then by DNS.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "upstream/discovery/dns_channel.hpp"
#include "upstream/discovery/resolver.hpp"

namespace ferroway::upstream {

class dns_resolver final : public resolver {
 public:
  dns_resolver(io::epoll_loop& on, const config::dns& by);

  task<result<found_addresses>> addresses(const std::string& name,
                                          io::cancel_scope& scope) override;
  task<result<found_services>> services(const std::string& name, io::cancel_scope& scope) override;

 private:
  found_addresses in_hosts_file(const std::string& name);

  dns_channel channel_;
  const std::vector<record_type> families_;  // in the order in which they are asked for
  const bool both_;                          // all of them, or the first that there is
};

}  // namespace ferroway::upstream
