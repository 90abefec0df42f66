#include "sim/scripted_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/http_wire.hpp"
#include "sim/pattern.hpp"

namespace ferroway::sim {
namespace {

std::string head_of(const planned_request& plan) {
  std::string head = fmt::format(
      "{} /t/{}?bytes={}&framing={}&delay={} HTTP/1.1\r\nHost: sim.test\r\n", plan.method,
      plan.token, plan.answer_bytes, plan.answer_framing, plan.answer_delay_ms);
  if (plan.chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (plan.body_bytes > 0) {
    head += fmt::format("Content-Length: {}\r\n", plan.body_bytes);
  }
  if (plan.expects_continue) head += "Expect: 100-continue\r\n";
  if (plan.close) head += "Connection: close\r\n";
  return head + "\r\n";
}

// The client's connection.
class dialogue {
 public:
  dialogue(io::loop& loop, std::unique_ptr<io::stream> stream)
      : wire_(loop, std::move(stream), side::upstream) {}

  task<bool> exchange_one(const planned_request& plan, outcome& out, io::cancel_scope& scope) {
    out.token = plan.token;
    out.sent = true;
    const std::string head = head_of(plan);
    if (!co_await wire_.send(head, scope)) co_return false;
    if (!plan.expects_continue && !co_await send_body(plan, scope)) co_return false;
    co_return co_await read_answer(plan, out, scope);
  }

 private:
  task<bool> send_body(const planned_request& plan, io::cancel_scope& scope) {
    constexpr std::size_t piece_bytes = 5000;
    for (std::size_t at = 0; at < plan.body_bytes; at += piece_bytes) {
      const std::size_t bytes = std::min(piece_bytes, plan.body_bytes - at);
      std::string piece = pattern(plan.token, bytes, at);
      if (plan.chunked) piece = fmt::format("{:x}\r\n{}\r\n", bytes, piece);
      if (!co_await wire_.send(piece, scope)) co_return false;
    }
    if (plan.chunked) co_return co_await wire_.send("0\r\n\r\n", scope);
    co_return true;
  }

  task<bool> read_answer(const planned_request& plan, outcome& out, io::cancel_scope& scope) {
    bool body_owed = plan.expects_continue;
    while (true) {
      arena memory;
      http1::head_reader reader(memory, http_wire::limits, side::upstream);
      const result<bool> came = co_await wire_.read_head(reader, scope);
      if (!came) out.right = false;
      if (!came || !*came) co_return false;
      http::response_head head;
      const result<void> parsed = http1::parse_response_head(
          reader.head(), http_wire::limits, http::method_of(plan.method), memory, head);
      if (!parsed) {
        out.right = false;
        co_return false;
      }
      if (head.status == 100) {
        ++out.interims;
        if (std::exchange(body_owed, false) && !co_await send_body(plan, scope)) co_return false;
        continue;
      }
      out.answered = true;
      out.status = head.status;
      if (head.status == 200) {
        const http::field* token = head.fields.find("X-Token");
        out.right = out.right && token != nullptr && token->value() == std::to_string(plan.token);
      }
      co_return co_await read_body(plan, head, memory, out, scope) && head.keep_alive && !body_owed;
    }
  }

  task<bool> read_body(const planned_request& plan, const http::response_head& head, arena& memory,
                       outcome& out, io::cancel_scope& scope) {
    wire_.begin_body(head.body, memory);
    pattern_check check(plan.token);
    io::cancel_scope reading(scope);
    while (true) {
      result<buffer> piece = co_await wire_.read_body(reading);
      if (!piece) co_return false;
      if (piece->empty()) break;
      out.body_bytes += piece->size();
      if (head.status == 200) check.see(piece->view());
    }
    out.complete = true;
    out.right = out.right && check.right();
    co_return true;
  }

  http_wire wire_;
};

}  // namespace

task<> run_client(io::loop& loop, io::address to, std::vector<planned_request> plan,
                  std::vector<outcome>& outcomes, duration patience, std::size_t& running) {
  io::cancel_scope scope(loop);
  scope.expire_in(patience);
  result<std::unique_ptr<io::stream>> made = co_await loop.connect(to, scope);
  if (made) {
    dialogue talk(loop, std::move(*made));
    for (const planned_request& item : plan) {
      outcome out;
      const bool goes_on = co_await talk.exchange_one(item, out, scope);
      outcomes.push_back(out);
      if (!goes_on) break;
    }
  }
  --running;
}

task<> run_raw_client(io::loop& loop, io::address to, std::string bytes, raw_outcome& into,
                      duration patience, bool half_close) {
  io::cancel_scope scope(loop);
  scope.expire_in(patience);
  result<std::unique_ptr<io::stream>> made = co_await loop.connect(to, scope);
  if (made) {
    std::string_view rest = bytes;
    while (!rest.empty()) {
      buffer piece = loop.buffers().acquire();
      rest.remove_prefix(piece.append(rest));
      if (!co_await (*made)->send(io::gather(std::move(piece)), scope)) break;
    }
    if (half_close) (*made)->shutdown_write();
    while (true) {
      result<buffer> received = co_await (*made)->receive(scope);
      if (!received) {
        into.reset = received.error().kind == fault::reset;
        break;
      }
      if (received->empty()) {
        into.ended = true;
        break;
      }
      if (into.first_byte == never) into.first_byte = loop.now();
      into.received += received->view();
    }
  }
  into.end = loop.now();
  into.done = true;
}

}  // namespace ferroway::sim
