// Who resolves names: a port, so that the simulated gateway has one without a network. On the
// control thread's loop.
#pragma once

#include <string>

#include "base/task.hpp"
#include "io/cancel_scope.hpp"
#include "upstream/discovery/answer.hpp"

namespace ferroway::upstream {

class resolver {
 public:
  virtual ~resolver() = default;

  // Of the families that it was told to use; never empty. fault::no_endpoint: the name does not
  // exist or has none; anything else: nobody knows. `name` outlives the call.
  virtual task<result<found_addresses>> addresses(const std::string& name,
                                                  io::cancel_scope& scope) = 0;
  virtual task<result<found_services>> services(const std::string& name,
                                                io::cancel_scope& scope) = 0;
};

}  // namespace ferroway::upstream
