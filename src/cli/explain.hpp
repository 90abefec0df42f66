// `ferroway explain`: which route a request takes and why, what each middleware does, where it
// would be sent and how. Nothing is sent.
#pragma once

#include <string>
#include <vector>

namespace ferroway::cli {

struct explain_options {
  std::string file;  // empty: the default files
  std::string method;
  std::string url;                   // "http://host/path?query", or the path alone
  std::vector<std::string> headers;  // "Name: value"
  std::string from = "127.0.0.1";    // the client's address
  std::string listener;              // its name; empty: the first
  std::string body;                  // of the request; empty: none
  std::string jwks;  // a file with the key set that every `jwks` would bring; empty: none is there
  bool json = false;
};

int explain(const explain_options& options);

}  // namespace ferroway::cli
