// A request as the demo backend receives it: the head parsed, the body counted and its beginning
// kept.
#pragma once

#include <cstdint>
#include <string>

#include "base/arena.hpp"
#include "http/message.hpp"

namespace ferroway::echo {

struct request {
  static constexpr std::size_t body_bytes_kept_max = 64 * 1024;

  arena memory;  // what head and trailers point into
  http::request_head head;
  const http::field_list* trailers = nullptr;
  std::uint64_t body_bytes = 0;
  std::string body;  // the first body_bytes_kept_max bytes of it

  void take_body(std::string_view piece) {
    body_bytes += piece.size();
    body.append(piece.substr(0, body_bytes_kept_max - body.size()));
  }
};

}  // namespace ferroway::echo
