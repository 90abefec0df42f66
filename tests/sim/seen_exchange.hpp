// What the two ends of an exchange saw of it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace ferroway::sim {

// A message as its receiver saw it.
struct seen_message {
  std::string start;   // its method and target, or its status
  std::string fields;  // a line each, in order
  std::uint64_t body_bytes = 0;
  bool right = true;  // every byte of the body is where it belongs
  bool whole = false;
};

struct seen_exchange {
  std::deque<seen_message> requests;  // by the backend; two where the gateway tried again
  std::string interims;               // by the client: the statuses
  seen_message answer;                // empty where there was none
};

using seen_by_token = std::map<std::uint64_t, seen_exchange>;

}  // namespace ferroway::sim
