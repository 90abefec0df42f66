#include "sim/planned_client.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/spawn.hpp"
#include "sim/planned_wire.hpp"

namespace ferroway::sim {
namespace {

// One connection of a client.
class dialogue {
 public:
  dialogue(io::loop& loop, std::unique_ptr<io::stream> stream, std::size_t client,
           seen_by_token& seen)
      : wire_(loop, std::move(stream), side::upstream), client_(client), seen_(seen) {}

  // Exchanges from `first` on that do not wait for each other. Returns the first that has not had
  // its turn; `over_` says whether it needs another connection.
  task<std::size_t> talk(const client_plan& plan, std::size_t first, io::cancel_scope& scope) {
    std::size_t end = first + 1;
    while (plan[end - 1].followed_at_once) ++end;
    io::cancel_scope writing(scope);
    writer_.start(write(plan, first, end, writing));
    std::size_t at = first;
    while (at < end && !over_) {
      over_ = !co_await read_answer(plan[at], writing, scope) || plan[at].half_closes;
      ++at;
    }
    if (over_) writing.cancel({fault::cancelled, side::local, false, "the connection is over"});
    co_await writer_.join();
    co_return at;
  }

  bool over() const noexcept { return over_; }

 private:
  task<> write(const client_plan& plan, std::size_t first, std::size_t end,
               io::cancel_scope& scope) {
    for (std::size_t at = first; at < end; ++at) {
      const planned_exchange& item = plan[at];
      std::string text = request_head(item, client_);
      const bool gives_up = item.goes == conduct::client_gives_up;
      if (gives_up) text += framed_part(item.request, item.token, item.body_end_at);
      if (!gives_up && !item.expects_continue) text += framed_body(item.request, item.token);
      if (!co_await send_split(wire_, item.request, text, scope)) co_return;
      if (gives_up || item.half_closes) wire_.stream().shutdown_write();
    }
  }

  task<> write_body(const planned_exchange& item, io::cancel_scope& scope) {
    const std::string text = framed_body(item.request, item.token);
    (void)co_await send_split(wire_, item.request, text, scope);
  }

  // False when the connection is over.
  task<bool> read_answer(const planned_exchange& item, io::cancel_scope& writing,
                         io::cancel_scope& scope) {
    seen_exchange& seen = seen_[item.token];
    bool body_owed = item.expects_continue;
    while (true) {
      arena memory;
      http1::head_reader reader(memory, http_wire::limits, side::upstream);
      const result<bool> came = co_await wire_.read_head(reader, scope);
      if (!came) seen.answer.right = false;
      if (!came || !*came) co_return false;
      http::response_head head;
      const result<void> parsed = http1::parse_response_head(
          reader.head(), http_wire::limits, http::method_of(item.method), memory, head);
      if (!parsed) seen.answer.right = false;
      if (!parsed) co_return false;
      if (head.status < 200) {
        seen.interims += fmt::format("{} ", head.status);
        if (head.status == 100 && std::exchange(body_owed, false)) {
          co_await writer_.join();
          writer_.start(write_body(item, writing));
        }
        continue;
      }
      seen.answer.start = fmt::to_string(head.status);
      seen.answer.fields = stable_fields(head.fields, item.answer);
      co_return co_await read_body(item, head, memory, scope) && head.keep_alive && !body_owed;
    }
  }

  task<bool> read_body(const planned_exchange& item, const http::response_head& head, arena& memory,
                       io::cancel_scope& scope) {
    constexpr int slow_reads = 5;
    seen_message& answer = seen_[item.token].answer;
    const http::field* token = head.fields.find("X-Token");
    if (token != nullptr && token->value() != fmt::to_string(item.token)) answer.right = false;
    wire_.begin_body(head.body, memory);
    body_check check(item.token, answer);
    io::cancel_scope reading(scope);
    for (int reads = 0;; ++reads) {
      if (item.reads_slowly && reads < slow_reads) {
        (void)co_await wire_.loop().sleep_for(std::chrono::milliseconds(1), scope);
      }
      result<buffer> piece = co_await wire_.read_body(reading);
      if (!piece) co_return false;
      if (piece->empty()) break;
      if (token != nullptr) check.see(piece->view());
      if (item.goes == conduct::client_leaves && answer.body_bytes >= item.body_end_at) {
        wire_.stream().reset_on_close();
        co_return false;
      }
    }
    answer.whole = true;
    co_return true;
  }

  http_wire wire_;
  std::size_t client_;
  seen_by_token& seen_;
  companion writer_;
  bool over_ = false;
};

}  // namespace

task<> run_planned_client(io::loop& loop, io::address to, const client_plan& plan,
                          std::size_t client, seen_by_token& seen, io::cancel_scope& scope) {
  std::size_t at = 0;
  while (at < plan.size() && !scope.cancelled()) {
    result<std::unique_ptr<io::stream>> made = co_await loop.connect(to, scope);
    if (!made) break;
    dialogue talk(loop, std::move(*made), client, seen);
    while (at < plan.size() && !talk.over()) at = co_await talk.talk(plan, at, scope);
  }
}

}  // namespace ferroway::sim
