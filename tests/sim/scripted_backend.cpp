#include "sim/scripted_backend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sim/http_wire.hpp"
#include "sim/pattern.hpp"

namespace ferroway::sim {
namespace {

std::uint64_t number_in(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    std::string_view pair = split_off(query, '&');
    if (split_off(pair, '=') == name) return parse_decimal(pair).value_or(0);
  }
  return 0;
}

// One request as the backend sees it.
struct asked {
  std::uint64_t token = 0;
  std::size_t bytes = 0;
  std::uint64_t delay_ms = 0;
  std::string framing;
  bool head_only = false;
  bool expects_continue = false;
};

asked read_query(const http::request_head& head) {
  asked what;
  std::string_view path = head.path;
  path.remove_prefix(std::min<std::size_t>(path.size(), 3));  // "/t/"
  what.token = parse_decimal(path).value_or(0);
  what.bytes = number_in(head.query, "bytes");
  what.delay_ms = number_in(head.query, "delay");
  what.framing = head.query.find("framing=chunked") != std::string_view::npos ? "chunked"
                 : head.query.find("framing=close") != std::string_view::npos ? "close"
                                                                              : "length";
  what.head_only = head.verb == http::method::head;
  what.expects_continue = head.expects_continue;
  return what;
}

class backend_connection {
 public:
  backend_connection(io::loop& loop, std::unique_ptr<io::stream> stream, backend_record& record,
                     const scripted_backend::settings& how)
      : wire_(loop, std::move(stream), side::client), record_(record), how_(how) {}

  // False when the connection is over.
  task<bool> serve_one(io::cancel_scope& scope) {
    arena memory;
    http1::head_reader reader(memory, http_wire::limits, side::client);
    const result<bool> came = co_await wire_.read_head(reader, scope);
    if (!came || !*came) co_return false;
    http::request_head head;
    if (!http1::parse_request_head(reader.head(), http_wire::limits, memory, head)) {
      ++record_.wrong_bodies;
      co_return false;
    }
    const asked what = read_query(head);
    ++record_.heads[what.token];
    if (how_.silent) {
      (void)co_await wire_.loop().sleep_for(std::chrono::hours(1), scope);
      co_return false;
    }
    if (how_.early) {
      co_await answer(what, scope);
      co_return false;
    }
    if (what.expects_continue && !co_await wire_.send("HTTP/1.1 100 Continue\r\n\r\n", scope))
      co_return false;
    wire_.begin_body(head.body, memory);
    pattern_check check(what.token);
    io::cancel_scope reading(scope);
    while (true) {
      result<buffer> piece = co_await wire_.read_body(reading);
      if (!piece) co_return false;
      if (piece->empty()) break;
      check.see(piece->view());
    }
    if (!check.right()) ++record_.wrong_bodies;
    ++record_.whole[what.token];
    co_return co_await answer(what, scope) && what.framing != "close";
  }

 private:
  task<bool> answer(const asked& what, io::cancel_scope& scope) {
    if (what.delay_ms > 0 &&
        !co_await wire_.loop().sleep_for(std::chrono::milliseconds(what.delay_ms), scope)) {
      co_return false;
    }
    const std::string framing = what.framing == "chunked" ? "Transfer-Encoding: chunked\r\n"
                                : what.framing == "close"
                                    ? "Connection: close\r\n"
                                    : fmt::format("Content-Length: {}\r\n", what.bytes);
    const std::string head =
        fmt::format("HTTP/1.1 200 OK\r\nX-Token: {}\r\n{}\r\n", what.token, framing);
    if (!co_await wire_.send(head, scope)) co_return false;
    if (what.head_only) co_return true;
    constexpr std::size_t piece_bytes = 7000;
    for (std::size_t at = 0; at < what.bytes; at += piece_bytes) {
      const std::size_t bytes = std::min(piece_bytes, what.bytes - at);
      std::string piece = pattern(what.token, bytes, at);
      if (what.framing == "chunked") piece = fmt::format("{:x};x=y\r\n{}\r\n", bytes, piece);
      if (!co_await wire_.send(piece, scope)) co_return false;
    }
    if (what.framing == "chunked") co_return co_await wire_.send("0\r\n\r\n", scope);
    co_return true;
  }

  http_wire wire_;
  backend_record& record_;
  const scripted_backend::settings& how_;
};

}  // namespace

scripted_backend::scripted_backend(io::loop& loop, const io::address& at, backend_record& record,
                                   const settings& how)
    : loop_(loop),
      record_(record),
      how_(how),
      listener_(loop, at, {}, [this](std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
        ++record_.connections;
        return serve(std::move(stream), scope);
      }) {}

task<> scripted_backend::serve(std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
  backend_connection connection(loop_, std::move(stream), record_, how_);
  int served = 0;
  while (co_await connection.serve_one(scope)) {
    if (++served == how_.close_after) break;
  }
}

}  // namespace ferroway::sim
