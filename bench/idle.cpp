// Idle clients: opens COUNT connections, lets each make one request so that it is a kept connection
// and not a fresh one, says "ready COUNT" and holds them until its standard input ends.
//
//   bench_idle PORT COUNT
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

#include "loopback.hpp"

namespace {

constexpr std::string_view request = "GET /128 HTTP/1.1\r\nHost: bench\r\n\r\n";
// Enough different addresses of our own that no port runs out.
constexpr std::size_t connections_per_address = 10'000;

int connect_from(std::size_t index, const sockaddr_in& to) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr =
      htonl(INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(index / connections_per_address));
  // A reset at the end leaves no TIME_WAIT behind for the next round.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    std::perror("bench_idle: connect");
    close(socket);
    return -1;
  }
  return socket;
}

// One request and its answer, of which the end is known by its size: 128 bytes behind the head.
bool ask(int socket) {
  if (send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) return false;
  std::array<char, 4096> input;
  std::size_t held = 0;
  while (held < input.size()) {
    const ssize_t count = recv(socket, input.data() + held, input.size() - held, 0);
    if (count <= 0) return false;
    held += static_cast<std::size_t>(count);
    const std::size_t end = std::string_view(input.data(), held).find("\r\n\r\n");
    if (end != std::string_view::npos && held >= end + 4 + 128) return true;
  }
  return false;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::fprintf(stderr, "usage: bench_idle PORT COUNT\n");
    return 2;
  }
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  const sockaddr_in to = ferroway::bench::loopback(words[1]);
  const std::size_t wanted = std::strtoul(words[2], nullptr, 10);
  std::size_t open = 0;
  while (open < wanted) {
    const int socket = connect_from(open, to);
    if (socket < 0 || !ask(socket)) break;
    ++open;
  }
  std::printf("ready %zu\n", open);
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  return open == wanted ? 0 : 1;
}
