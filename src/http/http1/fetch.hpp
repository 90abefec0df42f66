// One request of the gateway's own that belongs to no exchange (upstream/ask.hpp is for those that
// do), on a connection of its own: key sets, health checks. Everything has a bound: time, the head,
// the body.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"
#include "io/loop.hpp"

namespace ferroway::http1 {

struct fetch_request {
  io::address from;
  std::string authority;     // Host
  std::string target = "/";  // path and query
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> fields = {};  // beside Host
  std::size_t body_bytes_max = std::size_t{64} * 1024;
  bool cut_body = false;  // what is longer is left unread; else it is a failure
  duration connect_within = std::chrono::seconds(2);
  duration within = std::chrono::seconds(10);  // all of it
  io::address other = {};                      // another way to the same; of no kind: none
};

struct fetched {
  std::uint16_t status = 0;
  std::string body;  // one that ends short is a failure
};

// Redirects are not followed: the answer's status says so. Ends early with `scope`.
task<result<fetched>> fetch(io::loop& on, io::cancel_scope& scope, fetch_request what);

}  // namespace ferroway::http1
