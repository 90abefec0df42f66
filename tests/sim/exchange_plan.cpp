#include "sim/exchange_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/random.hpp"
#include "http/message.hpp"
#include "sim/pattern.hpp"

namespace ferroway::sim {
namespace {

constexpr std::size_t body_bytes_max = 300 * 1024;
constexpr std::size_t piece_bytes_max = 60'000;  // of a chunked body, and of a send
constexpr int pauses_max = 3;                    // in a message: real time passes

class planner {
 public:
  explicit planner(std::uint64_t seed) : random_(seed) {}

  std::vector<client_plan> plan() {
    std::vector<client_plan> clients(2 + random_.below(3));
    for (client_plan& item : clients) {
      const std::size_t count = 3 + random_.below(8);
      for (std::size_t i = 0; i < count; ++i) add_to(item);
      item.back().followed_at_once = false;
    }
    return clients;
  }

 private:
  void add_to(client_plan& exchanges) {
    planned_exchange& item = exchanges.emplace_back();
    item.token = ++last_token_;
    const planned_exchange* before =
        exchanges.size() > 1 ? &exchanges[exchanges.size() - 2] : nullptr;
    const bool after_leaving =
        before && (before->backend_leaves || before->goes == conduct::backend_runs_early);
    choose_request(item, after_leaving);
    choose_answer(item);
    if (!after_leaving) choose_conduct(item);
    if (item.goes == conduct::plain) choose_manners(item, before && before->followed_at_once);
  }

  // What follows a connection that its backend has left may meet it in the pool, and must be fit to
  // be sent again.
  void choose_request(planned_exchange& item, bool repeatable) {
    static constexpr const char* methods[] = {"GET",  "GET", "HEAD", "OPTIONS",
                                              "POST", "PUT", "POST", "DELETE"};
    item.method = methods[random_.below(repeatable ? 4 : std::size(methods))];
    pad(item.request);
    if (item.method != "POST" && item.method != "PUT") return;
    item.request.framing = random_.chance(50) ? body_framing::length : body_framing::chunked;
    item.request.body_bytes = random_size();
    item.expects_continue = item.request.body_bytes > 0 && random_.chance(15);
  }

  void choose_answer(planned_exchange& item) {
    static constexpr std::uint16_t statuses[] = {200, 200, 200, 201, 204, 304, 404, 500, 503};
    item.status = statuses[random_.below(std::size(statuses))];
    item.early_hints = random_.chance(10);
    pad(item.answer);
    if (item.status == 204 || item.status == 304) return;
    static constexpr body_framing framings[] = {body_framing::length, body_framing::chunked,
                                                body_framing::until_close};
    item.answer.framing = framings[random_.below(item.method == "HEAD" ? 2 : 3)];
    item.answer.body_bytes = random_size();
    item.backend_closes = item.answer.framing == body_framing::until_close || random_.chance(10);
    item.backend_leaves = !item.backend_closes && random_.chance(8);
  }

  // Some kinds need a body to go wrong in.
  void choose_conduct(planned_exchange& item) {
    if (!random_.chance(30)) return;
    item.goes = static_cast<conduct>(1 + random_.below(8));
    const bool may_answer = item.method != "HEAD" && item.answer.framing != body_framing::none;
    switch (item.goes) {
      case conduct::backend_cuts:
        // The end of such a body would be its end.
        if (item.answer.framing == body_framing::until_close) item.goes = conduct::backend_tears;
        [[fallthrough]];
      case conduct::backend_tears:
      case conduct::client_leaves:
        if (!may_answer) item.goes = conduct::backend_resets;
        item.answer.body_bytes += 2;
        item.body_end_at = random_.below(item.answer.body_bytes);
        break;
      case conduct::client_gives_up:
      case conduct::backend_is_early:
      case conduct::backend_runs_early:
        item.method = "POST";
        if (item.request.framing == body_framing::none) item.request.framing = body_framing::length;
        item.request.body_bytes += 2;
        item.body_end_at = random_.below(item.request.body_bytes);
        break;
      default:
        break;
    }
    item.backend_leaves = false;
    item.expects_continue = false;
  }

  void choose_manners(planned_exchange& item, bool behind) {
    item.reads_slowly = random_.chance(15);
    const bool simple = !item.expects_continue && !item.backend_leaves;
    item.client_closes = random_.chance(5);
    item.half_closes = simple && random_.chance(8);
    item.followed_at_once =
        simple && !item.client_closes && !item.half_closes && random_.chance(behind ? 60 : 15);
  }

  void pad(planned_message& item) {
    item.splits = random_.next();
    if (random_.chance(60)) return;
    item.padding_fields = 1 + random_.below(12);
    item.padding_bytes_max = random_.chance(20) ? 1500 : 1 + random_.below(100);
  }

  // Mostly small, sometimes none, sometimes many buffers' worth.
  std::size_t random_size() {
    if (random_.chance(15)) return 0;
    if (random_.chance(60)) return random_.below(5000);
    return random_.below(body_bytes_max);
  }

  random_source random_;
  std::uint64_t last_token_ = 0;
};

std::string padding(const planned_message& message) {
  random_source random(message.splits ^ 0xf1e1d5);
  std::string fields;
  for (std::size_t i = 0; i < message.padding_fields; ++i) {
    const std::size_t bytes = 1 + random.below(message.padding_bytes_max);
    fields += fmt::format("X-Padding-{}: {}\r\n", i, pattern(message.splits + i, bytes));
  }
  return fields;
}

std::string framing_field(const planned_message& message) {
  if (message.framing == body_framing::chunked) return "Transfer-Encoding: chunked\r\n";
  if (message.framing == body_framing::length)
    return fmt::format("Content-Length: {}\r\n", message.body_bytes);
  return "";
}

}  // namespace

std::string_view to_string(conduct which) {
  static constexpr std::string_view names[] = {
      "plain",         "backend_resets",   "backend_hangs_up",   "backend_cuts",
      "backend_tears", "backend_is_early", "backend_runs_early", "client_gives_up",
      "client_leaves"};
  return names[static_cast<std::size_t>(which)];
}

std::vector<client_plan> plan_of(std::uint64_t seed) { return planner(seed).plan(); }

std::string request_head(const planned_exchange& plan, std::size_t client) {
  return fmt::format("{} /c{}/{} HTTP/1.1\r\nHost: plan.test\r\n{}{}{}{}\r\n", plan.method, client,
                     plan.token, padding(plan.request), framing_field(plan.request),
                     plan.expects_continue ? "Expect: 100-continue\r\n" : "",
                     plan.client_closes ? "Connection: close\r\n" : "");
}

std::string answer_head(const planned_exchange& plan) {
  return fmt::format("HTTP/1.1 {} {}\r\nX-Token: {}\r\n{}{}{}\r\n", plan.status,
                     http::reason_phrase(plan.status), plan.token, padding(plan.answer),
                     framing_field(plan.answer),
                     plan.backend_closes ? "Connection: close\r\n" : "");
}

std::string framed_part(const planned_message& message, std::uint64_t token,
                        std::size_t bytes_max) {
  if (message.framing == body_framing::none) return "";
  const std::size_t end = std::min(bytes_max, message.body_bytes);
  if (message.framing != body_framing::chunked) return pattern(token, end);
  random_source random(message.splits ^ 0xc4);
  std::string text;
  for (std::size_t at = 0; at < end;) {
    const std::size_t most = random.chance(30) ? 50 : piece_bytes_max;
    const std::size_t bytes = std::min<std::size_t>(end - at, 1 + random.below(most));
    const char* extension = random.chance(10) ? ";x=y" : "";
    text += fmt::format("{:x}{}\r\n{}\r\n", bytes, extension, pattern(token, bytes, at));
    at += bytes;
  }
  return text;
}

std::string framed_body(const planned_message& message, std::uint64_t token) {
  return framed_part(message, token, message.body_bytes) +
         (message.framing == body_framing::chunked ? "0\r\n\r\n" : "");
}

std::vector<split> splits_of(const planned_message& message, std::size_t bytes) {
  random_source random(message.splits);
  std::vector<split> all;
  int pauses = 0;
  while (bytes > 0) {
    static constexpr std::size_t sizes_max[] = {1, 100, 5000, 5000, piece_bytes_max};
    const std::size_t most = sizes_max[random.below(std::size(sizes_max))];
    const std::size_t piece = std::min<std::size_t>(bytes, 1 + random.below(most));
    const bool rests = random.chance(10) && pauses++ < pauses_max;
    all.push_back({piece, std::chrono::milliseconds(rests ? 1 + random.below(3) : 0)});
    bytes -= piece;
  }
  return all;
}

}  // namespace ferroway::sim
