// `ferroway reload`: asks the running gateway, by its admin listener, to read its configuration
// again, and says what that changed.
#pragma once

#include <string>

namespace ferroway::cli {

struct reload_options {
  std::string file;   // says where the admin listener is, and its token; empty: the default files
  std::string admin;  // its address instead
  std::string token_file;  // and its token
  bool json = false;       // the gateway's answer as it is, on stdout
};

// What changed goes to stdout, a line each; what is wrong to stderr. Returns the exit code: 1 where
// the gateway cannot be asked or refuses, 3 where the configuration is invalid (then nothing has
// changed).
int reload(const reload_options& options);

}  // namespace ferroway::cli
