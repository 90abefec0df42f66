// `ferroway echo`: a demo backend, and the one that the tests talk to. It runs on the gateway's own
// runtime.
#pragma once

#include <string>

namespace ferroway::cli {

struct echo_options {
  std::string listen;  // what io::address::parse reads
  std::string delay;   // before each answer; empty: none
  std::string name;    // empty: the address
};

// Serves until SIGTERM or SIGINT; returns the exit code.
int echo(const echo_options& options);

}  // namespace ferroway::cli
