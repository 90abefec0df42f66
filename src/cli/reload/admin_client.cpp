#include "cli/reload/admin_client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/arena.hpp"
#include "http/http1/parse.hpp"
#include "io/connect_socket.hpp"

namespace ferroway::cli {
namespace {

constexpr std::size_t answer_bytes_max = std::size_t{64} << 20;
constexpr http1::head_limits head_limits{32 * 1024, 100, 0};

using clock = std::chrono::steady_clock;
using no_answer = std::unexpected<std::string>;

// False when the time is over.
bool wait_for(int socket, short events, clock::time_point until) {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
    if (left <= 0) return false;
    pollfd wanted{socket, events, 0};
    const int found = ::poll(&wanted, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (found > 0) return true;
    if (found < 0 && errno != EINTR) return false;
  }
}

std::expected<io::descriptor, std::string> connect(const admin_request& what) {
  const auto refused = [&](std::string_view why) {
    return no_answer(fmt::format("cannot reach the admin listener at {}: {}", what.to.text(), why));
  };
  result<io::connecting_socket> made = io::begin_connect(what.to);
  if (!made) return refused(to_string(made.error().kind));
  if (!made->connected) {
    if (!wait_for(made->socket.number(), POLLOUT, clock::now() + what.connect_within)) {
      return refused("it does not answer");
    }
    if (const int error = io::connect_outcome(made->socket.number(), what.to); error != 0) {
      return refused(std::strerror(error));
    }
  }
  return std::move(made->socket);
}

std::string request_bytes(const admin_request& what) {
  std::string bytes =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", what.method, what.path,
                  what.to.is_ip() ? what.to.text() : "localhost");
  if (!what.token.empty()) bytes += "Authorization: Bearer " + what.token + "\r\n";
  if (what.method != "GET") bytes += "Content-Length: 0\r\n";
  return bytes + "\r\n";
}

bool send_all(int socket, std::string_view bytes, clock::time_point until) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return false;
    } else if (!wait_for(socket, POLLOUT, until)) {
      return false;
    }
  }
  return true;
}

// All until the end of the stream.
std::expected<std::string, std::string> receive_all(int socket, clock::time_point until) {
  std::string all;
  char room[65536];
  while (true) {
    const ssize_t got = ::recv(socket, room, sizeof room, 0);
    if (got == 0) return all;
    if (got > 0) {
      all.append(room, static_cast<std::size_t>(got));
      if (all.size() > answer_bytes_max) return no_answer("its answer is too long");
    } else if (errno != EAGAIN && errno != EINTR) {
      return no_answer(fmt::format("the connection broke: {}", std::strerror(errno)));
    } else if (!wait_for(socket, POLLIN, until)) {
      return no_answer("it did not answer in time");
    }
  }
}

std::expected<admin_answer, std::string> parse(std::string_view bytes) {
  const no_answer odd("what answered is no admin listener");
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return odd;
  arena memory;
  http::response_head head;
  const result<void> parsed = http1::parse_response_head(bytes.substr(0, end + 4), head_limits,
                                                         http::method::other, memory, head);
  if (!parsed || head.body.is != http::framing::kind::length) return odd;
  const std::string_view body = bytes.substr(end + 4);
  if (body.size() != head.body.length) return no_answer("its answer was cut");
  return admin_answer{head.status, std::string(body)};
}

}  // namespace

std::expected<admin_answer, std::string> ask(const admin_request& what) {
  const auto socket = connect(what);
  if (!socket) return no_answer(socket.error());
  const clock::time_point until = clock::now() + what.within;
  // Who refuses early may close before it has read all: its answer is what counts.
  (void)send_all(socket->number(), request_bytes(what), until);
  const auto bytes = receive_all(socket->number(), until);
  if (!bytes) return no_answer(fmt::format("{}: {}", what.to.text(), bytes.error()));
  auto answer = parse(*bytes);
  if (!answer) return no_answer(fmt::format("{}: {}", what.to.text(), answer.error()));
  return answer;
}

}  // namespace ferroway::cli
