// Both ends of the load in one process: a backend, and clients that ask through the gateway as soon
// as they have been answered. On the gateway's own runtime and in one thread it costs no more for
// each request than the cheapest gateway: so that is busy, and its cost is that of a full core.
//
//   bench_load BACKEND_PORT GATEWAY_PORT CONNECTIONS SECONDS ANSWER_BYTES [FIELD...]
//
// A FIELD ("Origin: https://app.example.com") is one more of each request's head.
//
// Prints one line of JSON, as peers/report.lua does for wrk; latencies in microseconds.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/spawn.hpp"
#include "io/backend.hpp"
#include "io/loop.hpp"

namespace {

using namespace ferroway;

// With its head in one buffer, so that an answer is one receive and one send.
constexpr std::size_t body_bytes_max = 16 * 1024;

// All of it in one process.
std::string request = "GET / HTTP/1.1\r\nHost: bench.test\r\n";
std::size_t body_bytes = 0;
std::string answer;

void make_answer(std::size_t bytes) {
  body_bytes = bytes;
  answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) +
           "\r\nContent-Type: text/plain\r\n\r\n" + std::string(bytes, 'x');
}

struct counts {
  std::size_t clients = 0;  // that still ask
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  std::vector<std::uint32_t> microseconds;
};

io::gather copy_of(io::loop& loop, std::string_view text) {
  buffer bytes = loop.buffers().acquire(text.size());
  bytes.append(text);
  return io::gather(std::move(bytes));
}

// The end of a head within the first bytes of a message; npos: not there yet.
std::size_t head_end(std::string_view held) {
  const std::size_t at = held.find("\r\n\r\n");
  return at == std::string_view::npos ? at : at + 4;
}

// Takes more behind what is held. False: the connection has ended.
task<bool> receive_more(io::stream& from, buffer& held, io::cancel_scope& scope) {
  result<buffer> received = co_await from.receive_head(scope);
  if (!received || received->empty()) co_return false;
  if (held.empty()) {
    held = std::move(*received);
  } else if (held.append(received->view()) < received->size()) {
    co_return false;
  }
  co_return true;
}

task<> answer_all(io::loop& loop, std::unique_ptr<io::stream> from) {
  io::cancel_scope scope(loop);
  buffer held;
  while (true) {
    const std::size_t end = head_end(held.view());
    if (end != std::string_view::npos) {
      held.consume(end);
      if (held.empty()) held.release();
      if (!co_await from->send(copy_of(loop, answer), scope)) co_return;
    } else if (!co_await receive_more(*from, held, scope)) {
      co_return;
    }
  }
}

// Until the scope is cancelled. The port is free again when this has ended.
task<> serve_backend(io::loop& loop, std::unique_ptr<io::listener> at, io::cancel_scope& scope) {
  while (!scope.cancelled()) {
    result<std::unique_ptr<io::stream>> accepted = co_await at->accept(scope);
    if (accepted) spawn(answer_all(loop, std::move(*accepted)));
  }
  at.reset();
  loop.stop();
}

task<bool> ask_once(io::loop& loop, io::stream& gateway, io::cancel_scope& scope) {
  if (!co_await gateway.send(copy_of(loop, request), scope)) co_return false;
  buffer held;
  while (true) {
    const std::size_t end = head_end(held.view());
    if (end != std::string_view::npos) {
      // A failure has a body of another length.
      if (!held.view().starts_with("HTTP/1.1 200 ")) {
        std::fprintf(stderr, "bench_load: %.*s\n", static_cast<int>(held.view().find('\r')),
                     held.view().data());
        co_return false;
      }
      if (held.size() >= end + body_bytes) co_return true;
    }
    if (!co_await receive_more(gateway, held, scope)) co_return false;
  }
}

// The last one to end ends the backend.
task<> ask_until(io::loop& loop, const io::address& gateway, time_point end, counts& counted,
                 io::cancel_scope& backend) {
  io::cancel_scope scope(loop);
  result<std::unique_ptr<io::stream>> connected = co_await loop.connect(gateway, scope);
  while (connected && loop.now() < end) {
    const time_point began = loop.now();
    if (!co_await ask_once(loop, **connected, scope)) {
      ++counted.errors;
      break;
    }
    ++counted.requests;
    counted.microseconds.push_back(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(loop.now() - began).count()));
  }
  if (!connected) ++counted.errors;
  if (--counted.clients == 0) backend.cancel({fault::cancelled, side::local, false, "measured"});
}

unsigned number(std::string_view text) {
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

int die(const char* what) {
  std::fprintf(stderr, "bench_load: %s\n", what);
  return 2;
}

}  // namespace

int main(int count, char** words) {
  if (count < 6) {
    return die(
        "usage: bench_load BACKEND_PORT GATEWAY_PORT CONNECTIONS SECONDS ANSWER_BYTES [FIELD...]");
  }
  for (int i = 6; i < count; ++i) request.append(words[i]).append("\r\n");
  request += "\r\n";
  if (number(words[5]) > body_bytes_max) return die("answers have at most 16 KiB");
  make_answer(number(words[5]));
  const auto backend = io::address::parse("127.0.0.1:" + std::string(words[1]));
  const auto gateway = io::address::parse("127.0.0.1:" + std::string(words[2]));
  if (!backend || !gateway) return die("what is given is not a port");
  std::signal(SIGPIPE, SIG_IGN);
  const auto chosen = io::choose_backend(std::nullopt);
  if (!chosen) return die("no event loop works here");
  auto loop = io::make_loop(chosen->which);
  if (!loop) return die("cannot make an event loop");
  auto listener = (*loop)->listen(*backend, {.reuse_port = false});
  if (!listener) return die("cannot listen");
  counts counted;
  counted.clients = number(words[3]);
  counted.microseconds.reserve(1 << 22);
  const std::chrono::seconds length(number(words[4]));
  io::cancel_scope serving(**loop);
  spawn(serve_backend(**loop, std::move(*listener), serving));
  const time_point began = (*loop)->now();
  for (std::size_t i = counted.clients; i > 0; --i) {
    spawn(ask_until(**loop, *gateway, began + length, counted, serving));
  }
  (*loop)->run();
  std::vector<std::uint32_t>& times = counted.microseconds;
  if (times.empty()) return die("nothing was answered");
  std::ranges::sort(times);
  std::printf(
      "{\"requests\": %llu, \"microseconds\": %lld, \"p50\": %u, \"p99\": %u, \"errors\": %llu}\n",
      static_cast<unsigned long long>(counted.requests),
      static_cast<long long>(
          std::chrono::duration_cast<std::chrono::microseconds>((*loop)->now() - began).count()),
      times[times.size() / 2], times[times.size() * 99 / 100],
      static_cast<unsigned long long>(counted.errors));
  std::fflush(stdout);
  std::_Exit(0);  // what still waits has no end
}
