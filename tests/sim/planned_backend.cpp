#include "sim/planned_backend.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "sim/planned_wire.hpp"

namespace ferroway::sim {
namespace {

constexpr std::string_view early_hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";

bool is_early(conduct goes) {
  return goes == conduct::backend_is_early || goes == conduct::backend_runs_early;
}

bool ends_in_its_answer(conduct goes) {
  return goes == conduct::backend_cuts || goes == conduct::backend_tears;
}

task<bool> read_request_body(http_wire& wire, const planned_exchange& plan, seen_message& seen,
                             io::cancel_scope& scope) {
  body_check check(plan.token, seen);
  io::cancel_scope reading(scope);
  while (true) {
    result<buffer> piece = co_await wire.read_body(reading);
    if (!piece) co_return false;
    if (piece->empty()) break;
    check.see(piece->view());
  }
  seen.whole = true;
  co_return true;
}

// False when nothing can follow it.
task<bool> answer(http_wire& wire, const planned_exchange& plan, io::cancel_scope& scope) {
  std::string text;
  if (plan.early_hints) text += early_hints;
  text += answer_head(plan);
  const bool ends = ends_in_its_answer(plan.goes);
  if (ends) {
    text += framed_part(plan.answer, plan.token, plan.body_end_at);
  } else if (plan.method != "HEAD") {
    text += framed_body(plan.answer, plan.token);
  }
  const bool sent = co_await send_split(wire, plan.answer, text, scope);
  if (plan.goes == conduct::backend_tears) wire.stream().reset_on_close();
  co_return sent && !ends;
}

// False when the connection is over.
task<bool> serve_one(http_wire& wire,
                     const std::map<std::uint64_t, const planned_exchange*>& by_token,
                     seen_by_token& all_seen, io::cancel_scope& scope) {
  arena memory;
  http1::head_reader reader(memory, http_wire::limits, side::client);
  const result<bool> came = co_await wire.read_head(reader, scope);
  if (!came || !*came) co_return false;
  http::request_head head;
  if (!http1::parse_request_head(reader.head(), http_wire::limits, memory, head)) co_return false;
  const std::string_view path = head.path;
  const auto found = by_token.find(parse_decimal(path.substr(path.rfind('/') + 1)).value_or(0));
  if (found == by_token.end()) co_return false;
  const planned_exchange& plan = *found->second;
  seen_message& seen = all_seen[plan.token].requests.emplace_back();
  seen.start = fmt::format("{} {}", head.method_text, head.target);
  seen.fields = stable_fields(head.fields, plan.request);
  wire.begin_body(head.body, memory);
  if (is_early(plan.goes)) {
    const bool goes_on = co_await answer(wire, plan, scope);
    if (!goes_on || plan.goes == conduct::backend_runs_early) co_return false;
    if (plan.backend_closes) wire.stream().shutdown_write();
  }
  if (head.expects_continue && !co_await wire.send("HTTP/1.1 100 Continue\r\n\r\n", scope))
    co_return false;
  if (!co_await read_request_body(wire, plan, seen, scope)) co_return false;
  if (plan.goes == conduct::backend_resets) wire.stream().reset_on_close();
  if (plan.goes == conduct::backend_resets || plan.goes == conduct::backend_hangs_up)
    co_return false;
  if (!is_early(plan.goes) && !co_await answer(wire, plan, scope)) co_return false;
  co_return !plan.backend_closes && !plan.backend_leaves;
}

}  // namespace

planned_backend::planned_backend(io::loop& loop, const io::address& at,
                                 const io::listen_options& options,
                                 const std::vector<client_plan>& plans, seen_by_token& seen)
    : loop_(loop),
      seen_(seen),
      listener_(loop, at, options,
                [this](std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
                  return serve(std::move(stream), scope);
                }) {
  for (const client_plan& client : plans) {
    for (const planned_exchange& item : client) by_token_[item.token] = &item;
  }
}

task<> planned_backend::serve(std::unique_ptr<io::stream> stream, io::cancel_scope& scope) {
  http_wire wire(loop_, std::move(stream), side::client);
  while (co_await serve_one(wire, by_token_, seen_, scope)) continue;
}

}  // namespace ferroway::sim
