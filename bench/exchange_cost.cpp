// What one exchange costs the gateway's thread in heap allocations and coroutine frames, in steady
// state: real sockets, one client and one backend as plain threads, on each of our backends that
// works here. Prints JSON.
//
//   bench_exchange_cost                       figures for each kind of exchange
//   bench_exchange_cost --check               also fails when a budget is exceeded (ctest runs
//   this) bench_exchange_cost --io epoll|io_uring   only this backend
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/frame_pool.hpp"
#include "config/load.hpp"
#include "io/backend.hpp"
#include "io/loop.hpp"
#include "server/assemble.hpp"
#include "server/worker.hpp"

namespace {
// Of this thread. Trivial, so that the first allocation of a thread can count itself.
constinit thread_local std::uint64_t heap_allocations = 0;
}  // namespace

extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* block, std::size_t bytes);
void* malloc(std::size_t bytes) {
  ++heap_allocations;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  ++heap_allocations;
  return __libc_calloc(count, bytes);
}
void* realloc(void* block, std::size_t bytes) {
  ++heap_allocations;
  return __libc_realloc(block, bytes);
}
}

namespace {

using namespace ferroway;

constexpr int warm_up = 200;
constexpr int measured = 2000;

struct kind {
  const char* name;
  std::string request;
  std::string answer;
  double frames_max;  // coroutine frames per exchange: a budget, not a target
};

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(2);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

std::uint16_t port_of(int socket) {
  sockaddr_in at{};
  socklen_t length = sizeof at;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&at), &length) != 0) die("getsockname");
  return ntohs(at.sin_port);
}

int listening_socket() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in at = loopback(0);
  if (bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      listen(socket, 16) != 0)
    die("listen");
  return socket;
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// Reads until `bytes` have come; false at the end of the stream.
bool receive(int socket, std::size_t bytes) {
  char room[65536];
  while (bytes > 0) {
    const ssize_t got = recv(socket, room, sizeof room, 0);
    if (got <= 0) return false;
    bytes -= std::min(bytes, static_cast<std::size_t>(got));
  }
  return true;
}

// Answers whatever ends in `request_end`, on one connection after the other.
void run_backend(int listener, std::string_view request_end, std::string_view answer) {
  const int socket = accept(listener, nullptr, nullptr);
  std::string seen;
  char room[65536];
  while (true) {
    const ssize_t got = recv(socket, room, sizeof room, 0);
    if (got <= 0) break;
    seen.append(room, static_cast<std::size_t>(got));
    if (!seen.ends_with(request_end)) continue;
    seen.clear();
    send_all(socket, answer);
  }
  close(socket);
}

struct cost {
  std::uint64_t heap = 0;
  std::uint64_t frames = 0;
};

cost cost_so_far(io::loop& loop) {
  std::promise<cost> told;
  loop.post([&told] { told.set_value({heap_allocations, frame_pool::count().frames}); });
  return told.get_future().get();
}

void exchange_many(int socket, const kind& of, std::size_t answer_bytes, int times) {
  for (int i = 0; i < times; ++i) {
    send_all(socket, of.request);
    if (!receive(socket, answer_bytes)) die("the gateway closed the connection");
  }
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in at = loopback(port);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) die("connect");
  return socket;
}

// The size of the first answer: all are alike but for the Date's digits.
std::size_t answer_size(int socket, const kind& of) {
  send_all(socket, of.request);
  std::size_t bytes = 0;
  char room[65536];
  timeval patience{0, 300000};
  while (true) {
    const ssize_t got = recv(socket, room, sizeof room, 0);
    if (got <= 0) break;
    bytes += static_cast<std::size_t>(got);
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  patience = {5, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return bytes;
}

cost measure(io::backend on, const kind& of, std::string_view use) {
  const int backend_socket = listening_socket();
  const std::string_view request_end = std::string_view(of.request).substr(of.request.size() - 4);
  std::thread backend(run_backend, backend_socket, request_end, std::string_view(of.answer));
  const std::string pipeline = use.empty() ? "" : "use: [" + std::string(use) + "]\n";
  const std::string yaml =
      "listen: 127.0.0.1:80\nadmin: off\n" + pipeline +
      "routes:\n  - {path: /, to: \"http://127.0.0.1:" + std::to_string(port_of(backend_socket)) +
      "\"}\n";
  const config::loaded loaded = config::load_text("bench.yaml", yaml);
  if (!loaded.value) {
    std::fputs(config::render(loaded, false).c_str(), stderr);
    std::exit(2);
  }
  const int null_descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
  telemetry::log_outputs logs(std::make_shared<telemetry::log_sink>(null_descriptor));
  telemetry::metrics counted(1);
  auto serving = server::assemble(*loaded.value, 1, &logs, nullptr, &counted).value;
  auto made = io::make_loop(on);
  if (!made) die("cannot make an event loop");
  const std::unique_ptr<io::loop> loop = std::move(*made);
  auto socket = std::move(*loop->listen(*io::address::parse("127.0.0.1:0"), {}));
  const std::uint16_t port = socket->bound().port();
  std::thread gateway([&] {
    server::worker worker(*loop, 0, serving, 1);
    worker.listen(std::move(socket), 0);
    loop->run();
  });
  const int client = connect_to(port);
  const std::size_t bytes = answer_size(client, of);
  exchange_many(client, of, bytes, warm_up);
  const cost before = cost_so_far(*loop);
  exchange_many(client, of, bytes, measured);
  const cost after = cost_so_far(*loop);
  close(client);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the connection's end is handled
  loop->stop();
  gateway.join();
  backend.join();
  close(backend_socket);
  logs.close(std::chrono::seconds(1));
  close(null_descriptor);
  return {after.heap - before.heap, after.frames - before.frames};
}

std::string answer_of(std::size_t bytes) {
  return "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'x');
}

std::vector<kind> kinds() {
  const std::string head =
      " / HTTP/1.1\r\nHost: bench.test\r\nUser-Agent: bench\r\nAccept: */*\r\n";
  const std::string body = std::string(1020, 'y') + "\r\n\r\n";
  return {
      {"get_128", "GET" + head + "\r\n", answer_of(128), 8},
      {"get_16k", "GET" + head + "\r\n", answer_of(16384), 12},
      {"post_1k", "POST" + head + "Content-Length: 1024\r\n\r\n" + body, answer_of(128), 8},
      {"get_chunked", "GET" + head + "\r\n",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 8},
  };
}

// Prints every kind's figures; false when one is over its budget.
bool measure_all(io::backend on) {
  bool within = true;
  const char* comma = "";
  for (const char* use : {"", "request_id, access_log"}) {
    for (const kind& of : kinds()) {
      const cost total = measure(on, of, use);
      const char* suffix = *use == '\0' ? "" : "_logged";
      const double heap = static_cast<double>(total.heap) / measured;
      const double frames = static_cast<double>(total.frames) / measured;
      std::printf(
          "%s\n    \"heap_allocations_per_exchange_%s%s\": %.3f,\n"
          "    \"coroutine_frames_per_exchange_%s%s\": %.2f",
          comma, of.name, suffix, heap, of.name, suffix, frames);
      comma = ",";
      // A buffer that the pool did not have yet is no cost of an exchange: none in a thousand is.
      within = within && heap < 0.001 * 2 && frames <= of.frames_max + (*use == '\0' ? 0 : 2);
    }
  }
  return within;
}

struct arguments {
  bool check = false;
  std::optional<io::backend> only;
};

std::optional<arguments> parse(int count, char** words) {
  arguments given;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(words[i], "--check") == 0) {
      given.check = true;
    } else if (std::strcmp(words[i], "--io") == 0 && i + 1 < count) {
      given.only = io::parse_backend(words[++i]);
      if (!given.only) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return given;
}

}  // namespace

int main(int count, char** words) {
  const std::optional<arguments> given = parse(count, words);
  if (!given) {
    std::fputs("usage: bench_exchange_cost [--check] [--io epoll|io_uring]\n", stderr);
    return 2;
  }
  bool within = true;
  std::printf("{");
  const char* comma = "";  // until something was measured
  for (const io::backend on : {io::backend::epoll, io::backend::io_uring}) {
    if (given->only && *given->only != on) continue;
    if (const auto chosen = io::choose_backend(on); !chosen) {
      std::fprintf(stderr, "not measured: %s\n", chosen.error().c_str());
      continue;
    }
    std::printf("%s\n  \"%s\": {", comma, std::string(to_string(on)).c_str());
    within = measure_all(on) && within;
    std::printf("\n  }");
    comma = ",";
  }
  std::printf("\n}\n");
  if (*comma == '\0') return 77;
  if (given->check && !within) std::fputs("bench_exchange_cost: over budget\n", stderr);
  return given->check && !within ? 1 : 0;
}
