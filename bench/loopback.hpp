// Where the programs of the benchmark listen and connect to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstdlib>

namespace ferroway::bench {

inline sockaddr_in loopback(const char* port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10)));
  return at;
}

}  // namespace ferroway::bench
