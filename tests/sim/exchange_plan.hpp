// What clients ask on their connections and what a backend does about it, planned from a seed: the
// same plan can be carried out on any loop.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace ferroway::sim {

// How an exchange goes wrong, if it does.
enum class conduct : std::uint8_t {
  plain,
  backend_resets,      // after the request, without an answer
  backend_hangs_up,    // the same with a clean end
  backend_cuts,        // a clean end in the middle of its answer's body
  backend_tears,       // a reset there
  backend_is_early,    // answers as soon as it has the head, and reads the body afterwards
  backend_runs_early,  // answers as soon as it has the head, and closes
  client_gives_up,     // a clean end in the middle of its request's body
  client_leaves,       // a reset in the middle of the answer
};
std::string_view to_string(conduct which);

enum class body_framing : std::uint8_t { none, length, chunked, until_close };

struct planned_message {
  body_framing framing = body_framing::none;
  std::size_t body_bytes = 0;
  std::size_t padding_fields = 0;
  std::size_t padding_bytes_max = 0;  // of each
  std::uint64_t splits = 0;           // the seed of how it is cut into sends, and where it pauses
};

struct planned_exchange {
  std::uint64_t token = 0;
  std::string method = "GET";
  planned_message request;
  std::uint16_t status = 200;
  planned_message answer;
  conduct goes = conduct::plain;
  bool expects_continue = false;
  bool early_hints = false;       // the backend sends a 103 first
  bool backend_closes = false;    // after its answer, and says so in it
  bool backend_leaves = false;    // after its answer, and does not say so
  bool client_closes = false;     // asks for Connection: close
  bool half_closes = false;       // the client ends its side behind the request
  bool reads_slowly = false;      // the client
  bool followed_at_once = false;  // pipelined: the next request does not wait for this answer
  std::size_t body_end_at = 0;    // where whoever ends in the middle of a body does
};

using client_plan = std::vector<planned_exchange>;

std::vector<client_plan> plan_of(std::uint64_t seed);

// Whole messages as they are written. What a client asks for begins with its own prefix: "/c0".
std::string request_head(const planned_exchange& plan, std::size_t client);
std::string answer_head(const planned_exchange& plan);
// The framed body of `token`, or only its first `bytes_max` bytes and no end.
std::string framed_body(const planned_message& message, std::uint64_t token);
std::string framed_part(const planned_message& message, std::uint64_t token, std::size_t bytes_max);

// How a message is cut into sends.
struct split {
  std::size_t bytes;
  duration pause;  // before it
};
std::vector<split> splits_of(const planned_message& message, std::size_t bytes);

}  // namespace ferroway::sim
