// A configuration on its way from the file to config.hpp: what was read, with the references as
// they were written and the positions that only messages need. Made by the readers, checked by
// validate, emptied by finish.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "config/position.hpp"

namespace ferroway::config {

struct node;

struct used_variable {
  std::string name;
  position at;
};

// One instance of a middleware. Those under `middlewares` and bare kinds can be found by name.
struct draft_middleware {
  middleware value;
  bool found_by_name = false;
  bool referred_to = false;
  std::vector<used_variable> variables;
  std::vector<used_variable> groups;    // of consumers, that it goes by
  const node* asks = nullptr;           // the service that it asks, as it was written
  std::optional<std::size_t> upstream;  // the same, once it is known: its name is filled in last
};

struct draft_upstream {
  upstream value;
  bool in_place = false;  // written in a route: named after it later
  bool referred_to = false;
  std::vector<used_variable> variables = {};  // that its balancing goes by
};

// One instance in effect, and where it came into effect.
struct pipeline_step {
  std::size_t instance = 0;
  position at;
};
using draft_pipeline = std::vector<pipeline_step>;

struct draft_route {
  route value;
  draft_pipeline pipeline;
  std::vector<used_variable> variables;  // of `rewrite`, `redirect` and `stick_by`
  position name_at;
  bool substituted = false;    // its host or path came from outside: not for messages
  bool outside_query = false;  // so did what it asks of the query
  bool said_open = false;      // `without` takes away, for it, what protects it
};

struct draft {
  config value;  // without upstreams, middlewares, use and routes
  std::vector<draft_upstream> upstreams;
  std::vector<draft_middleware> middlewares;
  draft_pipeline use;
  std::deque<draft_route> routes;  // so that none of very many is moved while they are read
  // Names to indices. An entry without value is one that was written and could not be read: no
  // 'unknown' about it.
  std::unordered_map<std::string, std::optional<std::size_t>> upstream_names;
  std::unordered_map<std::string, std::optional<std::size_t>> middleware_names;
  std::unordered_map<std::string, std::size_t> listener_names;
  std::unordered_map<std::string, std::size_t> consumer_names;
};

}  // namespace ferroway::config
