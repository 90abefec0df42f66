// One request to an admin listener and its answer, on the calling thread, which waits. Everything
// has a bound: the time of all of it, the bytes of the answer.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/clock.hpp"
#include "io/address.hpp"

namespace ferroway::cli {

struct admin_request {
  io::address to;
  std::string method = "GET";
  std::string path = "/";
  std::string token;                           // empty: none
  duration within = std::chrono::seconds(60);  // connecting apart
  duration connect_within = std::chrono::seconds(5);
};

struct admin_answer {
  std::uint16_t status = 0;
  std::string body;
};

// A sentence where there is no answer.
std::expected<admin_answer, std::string> ask(const admin_request& what);

}  // namespace ferroway::cli
