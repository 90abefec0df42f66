// The backend of the benchmark: as little work as an HTTP/1.1 server can do, on raw epoll and one
// thread, so that it never is what is measured. /128, /16k, /1m, /64m and /1g answer with that many
// bytes, /chunked with a few in chunks; a body of stated length is read and dropped; connections
// are kept.
//
//   bench_backend PORT
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "loopback.hpp"

namespace {

constexpr std::size_t request_bytes_max = 16 * 1024;
constexpr std::size_t body_bytes = std::size_t{64} << 20;  // longer answers repeat it

struct answer {
  std::string_view path;
  std::size_t bytes;
  std::string head;
};

std::array answers{answer{"/128 ", 128, {}},
                   answer{"/16k ", 16 * 1024, {}},
                   answer{"/1m ", 1024 * 1024, {}},
                   answer{"/64m ", body_bytes, {}},
                   answer{"/1g ", 16 * body_bytes, {}},
                   answer{"/chunked ", 0, {}}};
std::vector<char> body;

struct connection {
  int socket = -1;
  std::size_t held = 0;
  const answer* sending = nullptr;
  std::size_t sent = 0;
  std::array<char, request_bytes_max> input;
};

const answer* answer_to(std::string_view request) {
  const std::size_t at = request.find(' ');
  if (at == std::string_view::npos) return nullptr;
  for (const answer& known : answers) {
    if (request.substr(at + 1).starts_with(known.path)) return &known;
  }
  return nullptr;
}

// False: the connection is broken. Goes on when the socket takes more.
bool send_more(connection& to) {
  while (to.sending != nullptr) {
    const std::string& head = to.sending->head;
    const std::size_t head_left = head.size() - std::min(to.sent, head.size());
    const std::size_t body_sent = to.sent - (head.size() - head_left);
    std::array parts{
        iovec{const_cast<char*>(head.data()) + head.size() - head_left, head_left},
        iovec{body.data() + body_sent % body_bytes,
              std::min(to.sending->bytes - body_sent, body_bytes - body_sent % body_bytes)}};
    const msghdr message{.msg_name = nullptr,
                         .msg_namelen = 0,
                         .msg_iov = parts.data(),
                         .msg_iovlen = parts.size(),
                         .msg_control = nullptr,
                         .msg_controllen = 0,
                         .msg_flags = 0};
    const ssize_t count = sendmsg(to.socket, &message, MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    to.sent += static_cast<std::size_t>(count);
    if (to.sent == head.size() + to.sending->bytes) to.sending = nullptr;
  }
  return true;
}

// The bytes of the first request that is held, its body included; npos: it is not whole.
std::size_t request_size(std::string_view held) {
  constexpr std::string_view length = "\r\nContent-Length: ";
  const std::size_t end = held.find("\r\n\r\n");
  if (end == std::string_view::npos) return end;
  const std::size_t stated = held.starts_with("GET") ? end : held.substr(0, end).find(length);
  std::size_t body_size = 0;
  if (stated < end) {
    std::from_chars(held.data() + stated + length.size(), held.data() + end, body_size);
  }
  return held.size() < end + 4 + body_size ? std::string_view::npos : end + 4 + body_size;
}

// Answers every whole request that is held, one after the other. False: not a request that this
// backend knows.
bool answer_held(connection& from) {
  while (from.sending == nullptr) {
    const std::string_view held(from.input.data(), from.held);
    const std::size_t size = request_size(held);
    if (size == std::string_view::npos) return from.held < from.input.size();
    from.sending = answer_to(held);
    if (from.sending == nullptr) return false;
    from.sent = 0;
    from.held -= size;
    std::memmove(from.input.data(), from.input.data() + size, from.held);
    if (!send_more(from)) return false;
  }
  return true;
}

bool receive(connection& from) {
  while (from.sending == nullptr) {
    const std::size_t room = from.input.size() - from.held;
    const ssize_t count = recv(from.socket, from.input.data() + from.held, room, 0);
    if (count == 0) return false;
    if (count < 0) return errno == EAGAIN;
    from.held += static_cast<std::size_t>(count);
    if (!answer_held(from)) return false;
    if (static_cast<std::size_t>(count) < room) return true;
  }
  return true;
}

bool turn(connection& with, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0 && with.sending != nullptr) {
    if (!send_more(with) || !answer_held(with)) return false;
  }
  return (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) == 0 || receive(with);
}

void accept_all(int listener, int epoll) {
  while (true) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto* made = new connection;
    made->socket = socket;
    epoll_event wanted{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = made}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &wanted);
  }
}

int make_listener(const char* port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in at = ferroway::bench::loopback(port);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) return -1;
  return listen(listener, 4096) == 0 ? listener : -1;
}

}  // namespace

int main(int count, char** words) {
  const int listener = count == 2 ? make_listener(words[1]) : -1;
  if (listener < 0) {
    std::fprintf(stderr, "usage: bench_backend PORT (a free one)\n");
    return 2;
  }
  body.assign(body_bytes, 'x');
  for (answer& known : answers) {
    known.head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
                 std::to_string(known.bytes) + "\r\n\r\n";
  }
  answers.back().head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
      "200\r\n" +
      std::string(0x200, 'x') + "\r\n5\r\nhello\r\n0\r\n\r\n";
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event wanted{.events = EPOLLIN, .data = {.ptr = nullptr}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &wanted);
  std::array<epoll_event, 512> events;
  while (true) {
    const int ready = epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      auto* with = static_cast<connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (with == nullptr) {
        accept_all(listener, epoll);
      } else if (!turn(*with, events[static_cast<std::size_t>(i)].events)) {
        close(with->socket);
        delete with;
      }
    }
  }
}
