// A client that sends planned requests on one keep-alive connection and checks what it gets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "io/loop.hpp"

namespace ferroway::sim {

// What the backend shall answer is told in the query.
struct planned_request {
  std::uint64_t token = 0;
  std::string method = "GET";
  std::size_t body_bytes = 0;
  bool chunked = false;  // the request's body
  bool expects_continue = false;
  std::size_t answer_bytes = 0;
  std::string answer_framing = "length";  // or chunked, close
  std::uint64_t answer_delay_ms = 0;
  bool close = false;  // asks for Connection: close
};

struct outcome {
  std::uint64_t token = 0;
  bool sent = false;      // at least its first byte
  bool answered = false;  // a final head came
  bool complete = false;  // and the whole body
  bool right = true;      // nothing in it belongs to another exchange
  std::uint16_t status = 0;
  std::uint64_t body_bytes = 0;
  int interims = 0;
};

// `outcomes` gets one entry for each request that was begun. Ends when all are done, or the
// connection is over.
task<> run_client(io::loop& loop, io::address to, std::vector<planned_request> plan,
                  std::vector<outcome>& outcomes, duration patience, std::size_t& running);

// Sends `bytes` as they are and gathers all that comes until the end of the stream (or a reset, or
// `patience`).
struct raw_outcome {
  std::string received;
  bool ended = false;  // cleanly
  bool reset = false;
  time_point first_byte = never;
  time_point end = never;
  bool done = false;
};
task<> run_raw_client(io::loop& loop, io::address to, std::string bytes, raw_outcome& into,
                      duration patience, bool half_close);

}  // namespace ferroway::sim
