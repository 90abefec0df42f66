// Clients that ask at a steady pace, each over a connection that it keeps, and what came of each
// request.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "sim/gateway_world.hpp"

namespace ferroway::sim {

struct asked_once {
  time_point began;
  duration took{};
  int status = 0;  // 0: there was no whole answer
  int by = -1;     // which endpoint
};

class steady_load {
 public:
  steady_load(gateway_world& gateway, unsigned clients, duration pace)
      : gateway_(gateway), pace_(pace), scope_(gateway.clients()) {
    for (unsigned i = 0; i < clients; ++i) {
      ++running_;
      // Evenly spread over the pace.
      spawn(run(pace * i / clients));
    }
  }
  ~steady_load() { end(); }

  // Waits for what has been asked.
  void end() {
    ending_ = true;
    gateway_.world().run_until([&] { return running_ == 0; });
  }

  const std::vector<asked_once>& all() const { return all_; }
  std::size_t failed() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(all_, [](const asked_once& each) { return each.status != 200; }));
  }
  duration longest() const {
    duration found{};
    for (const asked_once& each : all_) found = std::max(found, each.took);
    return found;
  }
  // When the endpoint answered for the first time after `since`; `never` where it has not.
  time_point first_by(int endpoint, time_point since) const {
    for (const asked_once& each : all_) {
      if (each.by == endpoint && each.began >= since) return each.began + each.took;
    }
    return never;
  }

 private:
  // One connection, what has come on it and how it is used.
  struct talk {
    std::unique_ptr<io::stream> stream;
    std::string input;
  };

  task<> run(duration first) {
    io::loop& loop = gateway_.clients();
    talk with;
    (void)co_await loop.sleep_for(first, scope_);
    while (!ending_) {
      asked_once one{loop.now()};
      co_await ask(with, one);
      one.took = loop.now() - one.began;
      all_.push_back(one);
      const time_point next = one.began + pace_;
      if (next > loop.now()) (void)co_await loop.sleep_until(next, scope_);
    }
    with.stream.reset();
    --running_;
  }

  task<> ask(talk& with, asked_once& into) {
    if (!with.stream) {
      result<std::unique_ptr<io::stream>> made =
          co_await gateway_.clients().connect(address_of("10.0.0.1:80"), scope_);
      if (!made) co_return;
      with.stream = std::move(*made);
      with.input.clear();
    }
    buffer bytes = gateway_.clients().buffers().acquire();
    bytes.append("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const result<void> sent = co_await with.stream->send(io::gather(std::move(bytes)), scope_);
    const bool whole = sent && co_await read(with, into);
    if (whole) co_return;
    with.stream.reset();
    into.status = 0;
  }

  // False where the answer is not whole; connections that shall not be kept are closed.
  task<bool> read(talk& with, asked_once& into) {
    while (true) {
      const std::size_t end = with.input.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t length = number_after(with.input, "Content-Length: ", end);
        if (with.input.size() >= end + 4 + length) {
          into.status = std::stoi(with.input.substr(9, 3));
          const std::size_t by = with.input.find("X-By: ");
          if (by < end) into.by = with.input[by + 6] - '0';
          const bool closes = with.input.find("Connection: close") < end;
          with.input.erase(0, end + 4 + length);
          if (closes) with.stream.reset();
          co_return true;
        }
      }
      result<buffer> received = co_await with.stream->receive(scope_);
      if (!received || received->empty()) co_return false;
      with.input += received->view();
    }
  }

  static std::size_t number_after(const std::string& text, const std::string& what,
                                  std::size_t before) {
    const std::size_t at = text.find(what);
    return at < before ? std::stoul(text.substr(at + what.size(), 9)) : 0;
  }

  gateway_world& gateway_;
  const duration pace_;
  io::cancel_scope scope_;
  std::vector<asked_once> all_;
  unsigned running_ = 0;
  bool ending_ = false;
};

}  // namespace ferroway::sim
