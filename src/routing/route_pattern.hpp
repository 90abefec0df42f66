// What a route asks of a request, as the table's builder takes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "routing/path_pattern.hpp"

namespace ferroway::routing {

struct route_pattern {
  std::string host = {};  // "" any; "api.example.com", "*.example.com", "{tenant}.example.com"
  path_kind kind = path_kind::prefix;
  std::string path = "/";                 // literals in the normal form of http/path.hpp
  std::vector<std::string> methods = {};  // empty: any
  std::vector<config::condition> headers = {};
  std::vector<config::condition> query = {};
  std::int32_t priority = 0;
  std::vector<std::size_t> listeners = {};  // those it is served on; empty: all
  std::uint32_t route = 0;                  // what match() returns
  bool answers_preflights = false;          // it has `cors`
};

}  // namespace ferroway::routing
