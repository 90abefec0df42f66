// An endpoint that fails in the way it is told, but says on its health path that it is well.
#pragma once

#include <string>
#include <string_view>

#include "sim/backend_listener.hpp"

namespace ferroway::sim {

enum class mood : std::uint8_t {
  well,
  silent,          // never answers
  breaks_off,      // resets the connection in the middle of the answer's body
  drips_head,      // says the head byte by byte, `pace` apart
  drips_body,      // says the head at once and the body byte by byte
  fails,           // answers 500
  out_of_service,  // answers 503
};

class moody_endpoint {
 public:
  static constexpr duration pace = std::chrono::milliseconds(100);

  moody_endpoint(io::loop& loop, const io::address& at, std::string name)
      : loop_(loop),
        name_(std::move(name)),
        listener_(loop, at, {},
                  [this](std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
                    return serve(std::move(stream), scope);
                  }) {}

  mood is = mood::well;
  std::size_t asked = 0;  // other than for its health

  void stop() { listener_.stop(); }
  std::size_t live() const { return listener_.live(); }

 private:
  task<> serve(std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
    std::string input;
    bool goes_on = true;
    while (goes_on) {
      result<buffer> received = co_await stream->receive(scope);
      if (!received || received->empty()) break;
      input += received->view();
      for (std::size_t end = 0; goes_on && (end = input.find("\r\n\r\n")) != std::string::npos;) {
        const bool about_health = input.find(" /healthz ") < end;
        input.erase(0, end + 4);
        if (!about_health) ++asked;
        goes_on = co_await answer(*stream, about_health ? mood::well : is, scope);
      }
    }
  }

  task<bool> answer(io::stream& on, mood now, io::cancel_scope& scope) {
    const std::string status = now == mood::fails            ? "500 Failed"
                               : now == mood::out_of_service ? "503 Closed"
                                                             : "200 OK";
    const std::string head =
        "HTTP/1.1 " + status + "\r\nX-By: " + name_ + "\r\nContent-Length: 10\r\n\r\n";
    const std::string body = "0123456789";
    switch (now) {
      case mood::silent:
        (void)co_await loop_.sleep_until(never, scope);
        co_return false;
      case mood::breaks_off: {
        const bool sent = co_await say(on, head + body.substr(0, 5), scope);
        if (sent) (void)co_await loop_.sleep_for(std::chrono::milliseconds(5), scope);
        on.reset_on_close();
        co_return false;
      }
      case mood::drips_head: {
        const bool dripped = co_await drip(on, head, scope);
        if (!dripped) co_return false;
        co_return co_await say(on, body, scope);
      }
      case mood::drips_body: {
        const bool begun = co_await say(on, head, scope);
        if (!begun) co_return false;
        co_return co_await drip(on, body, scope);
      }
      default:
        co_return co_await say(on, head + body, scope);
    }
  }

  task<bool> drip(io::stream& on, std::string_view text, io::cancel_scope& scope) {
    for (const char byte : text) {
      const bool sent = co_await say(on, std::string(1, byte), scope);
      if (!sent) co_return false;
      const result<void> slept = co_await loop_.sleep_for(pace, scope);
      if (!slept) co_return false;
    }
    co_return true;
  }

  task<bool> say(io::stream& on, std::string text, io::cancel_scope& scope) {
    buffer bytes = loop_.buffers().acquire();
    bytes.append(text);
    const result<void> sent = co_await on.send(io::gather(std::move(bytes)), scope);
    co_return sent.has_value();
  }

  io::loop& loop_;
  const std::string name_;
  backend_listener listener_;
};

}  // namespace ferroway::sim
