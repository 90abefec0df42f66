// A file of tests as plain values: requests, and what is expected of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/test/signature.hpp"
#include "cli/test/token.hpp"
#include "config/load.hpp"
#include "server/rehearsal.hpp"

namespace ferroway::cli {

// What one value shall be; the condition's name says of which header or middleware it is.
using expectation = config::condition;

struct expectations {
  std::optional<expectation> route;     // absent: no route takes it
  std::vector<std::uint64_t> statuses;  // one of them; empty: any
  std::optional<expectation> upstream;
  std::optional<expectation> endpoint;
  std::optional<expectation> path;    // that the endpoint sees, with its query
  std::optional<expectation> client;  // its address
  std::optional<expectation> body;
  std::vector<expectation> request_headers;  // that the endpoint sees
  std::vector<expectation> response_headers;
  std::vector<expectation> verdicts;  // by the middleware's name
};

struct test_case {
  std::string name;
  config::position at;
  server::rehearsal_request request;
  std::optional<test_token> token;
  std::optional<test_signature> signature;
  std::string listener;
  config::position listener_at;
  duration after{};        // passes before it
  std::size_t repeat = 1;  // so often, each as expected
  server::rehearsal_answer answer;
  server::rehearsal_permissions permissions;  // what services that are asked for one say
  config::position permissions_at;
  expectations expected;
};

// What would be fetched from an address.
struct stated_keys {
  std::string url;
  std::string text;
  config::position at;
};

struct test_file {
  std::string config;  // the configuration's path; empty: not said
  wall_time clock;     // when the first case begins
  std::vector<stated_keys> jwks;
  std::vector<test_case> cases;
};

struct loaded_tests {
  std::optional<test_file> value;
  // Diagnostics and sources, to be shown like a configuration's.
  config::loaded report;
};

loaded_tests load_tests(const std::string& path);

}  // namespace ferroway::cli
