// All that a name of an endpoint stands for: a host's addresses, or those of the hosts that its SRV
// records name.
#pragma once

#include <string>

#include "upstream/discovery/name_answers.hpp"
#include "upstream/discovery/resolver.hpp"

namespace ferroway::upstream {

struct name_answer {
  resolved_places all;  // never empty
  duration valid{};     // the least TTL of all that was asked
};

// `by` and `name` outlive it.
task<result<name_answer>> look_up_host(resolver& by, const std::string& name,
                                       io::cancel_scope& scope);
// A host that does not exist is left out; one that merely nobody knows of now fails the whole, so
// that what is known of it stays.
task<result<name_answer>> look_up_service(resolver& by, const std::string& name,
                                          io::cancel_scope& scope);

}  // namespace ferroway::upstream
