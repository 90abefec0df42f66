// The hosts of routes and upstreams. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ferroway::config {

struct authority_parts {
  std::string_view host;  // an IPv6 address keeps its brackets
  std::string_view port;  // empty: none
};
// Splits "host:port"; nothing where a colon ends it.
std::optional<authority_parts> split_authority(std::string_view authority);

// Labels of letters, digits, `-` and `_` with dots between (RFC 1123, and `_` as it is met), at
// most 253 bytes. `text` is in lower case.
bool is_host_name(std::string_view text);
// A host name or an IP address (IPv6 in brackets), and perhaps a port.
bool is_authority(std::string_view text);

struct host_check {
  std::string
      pattern;  // lower case, without the final dot: "*.example.com", "{tenant}.example.com"
  std::string capture;  // "tenant"; empty without one
  std::string problem;  // what is wrong; empty: nothing
  std::string hint;
};
host_check check_host_pattern(std::string_view text);

}  // namespace ferroway::config
