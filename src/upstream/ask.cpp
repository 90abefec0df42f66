#include "upstream/ask.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "http/hop_by_hop.hpp"
#include "http/http1/head_reader.hpp"
#include "upstream/connect.hpp"
#include "upstream/endpoint_use.hpp"
#include "upstream/place_search.hpp"
#include "upstream/request_fields.hpp"

namespace ferroway::upstream {
namespace {

using http::framing;

// As of any answer of an endpoint (attempt.cpp).
constexpr http1::head_limits answer_limits{64 * 1024, 256, 0};
constexpr int interim_max = 32;
constexpr duration body_idle_timeout = std::chrono::seconds(60);  // the scope's deadline is nearer
constexpr int sends_max = 2;

// A text that grows in the exchange's memory.
class growing_text {
 public:
  explicit growing_text(arena& memory) : memory_(memory) {}
  void add(std::string_view more) {
    if (more.empty()) return;
    if (size_ + more.size() > capacity_) grow(size_ + more.size());
    std::memcpy(begin_ + size_, more.data(), more.size());
    size_ += more.size();
  }
  std::size_t size() const noexcept { return size_; }
  std::string_view view() const noexcept { return {begin_, size_}; }

 private:
  void grow(std::size_t at_least) {
    capacity_ = std::max(at_least, capacity_ * 2);
    char* const wider = memory_.allocate_text(capacity_);
    if (size_ != 0) std::memcpy(wider, begin_, size_);
    begin_ = wider;
  }
  arena& memory_;
  char* begin_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// The question on one connection.
class trial {
 public:
  trial(exchange& ex, lease held, question& what, io::cancel_scope& scope)
      : ex_(ex), held_(std::move(held)), what_(what), scope_(scope) {}

  task<result<heard_answer>> run() {
    connection& on = *held_;
    const result<void> sent = co_await on.stream().send(request_bytes(), scope_);
    if (!sent) co_return fail(http1::blame(sent.error(), side::upstream));
    on.request_sent = true;
    const result<http::response_head*> got = co_await read_final_head();
    if (!got) co_return fail(got.error());
    heard_answer heard{*got, {}, false, ex_.worker.loop.now()};
    if (heard.head->status == 101) {
      co_return fail(fault::malformed, side::upstream, "a 101 that nobody asked for");
    }
    on.answer_keeps_alive = heard.head->keep_alive;
    on.body.begin(heard.head->body, {body_idle_timeout, std::nullopt, answer_limits}, ex_.memory);
    // What was decided stands, whatever becomes of the words for it.
    heard.whole = co_await read_body(heard);
    http::remove_hop_by_hop(heard.head->fields);
    if (heard.whole) {
      connection_pool& home = on.home();
      home.give_back(std::move(held_));
    }
    co_return heard;
  }

  bool answer_begun() const noexcept { return answer_begun_; }

 private:
  io::gather request_bytes() {
    const bool usual = what_.verb == http::method::get || what_.verb == http::method::head;
    const framing body =
        usual && what_.body.empty() ? framing{} : framing{framing::kind::length, what_.body.size()};
    io::gather bytes(
        http1::write_request_head(ex_.worker.loop.buffers(), what_.line, what_.fields, body, ""));
    if (!what_.body.empty()) bytes.add_borrowed(what_.body);
    return bytes;
  }

  task<result<http::response_head*>> read_final_head() {
    connection& on = *held_;
    for (int interims = 0; interims <= interim_max; ++interims) {
      http1::head_reader reader(ex_.memory, answer_limits, side::upstream);
      while (true) {
        if (!on.input.empty()) {
          const result<bool> complete = reader.take(on.input);
          if (!complete) co_return fail(complete.error());
          if (*complete) break;
        }
        result<buffer> received = co_await on.stream().receive_head(scope_);
        if (!received) co_return fail(http1::blame(received.error(), side::upstream));
        if (received->empty()) {
          co_return fail(fault::end_of_stream, side::upstream, "closed before an answer");
        }
        answer_begun_ = true;
        on.input = std::move(*received);
      }
      auto* head = ex_.memory.make<http::response_head>();
      const result<void> parsed =
          http1::parse_response_head(reader.head(), answer_limits, what_.verb, ex_.memory, *head);
      if (!parsed) co_return fail(parsed.error());
      if (head->status >= 200 || head->status == 101) co_return head;
    }
    co_return fail(fault::malformed, side::upstream, "too many interim answers");
  }

  // False where not all of it came, or more than is read.
  task<bool> read_body(heard_answer& into) {
    http1::body_reader& body = held_->body;
    const bool kept = into.head->status >= 300 && !what_.drops_body;
    growing_text text(ex_.memory);
    std::size_t bytes = 0;
    // The body's patience owns the deadline of the scope that it waits under: that of the question
    // is not to be lost by it.
    io::cancel_scope reading(scope_);
    result<buffer> piece = body.take_ready();
    while (piece) {
      bytes += piece->size();
      if (bytes > what_.answer_bytes_max) co_return false;
      if (kept) text.add(piece->view());
      if (body.done()) {
        into.body = text.view();
        co_return true;
      }
      piece->release();
      piece = co_await body.read(reading);
    }
    co_return false;
  }

  exchange& ex_;
  lease held_;
  question& what_;
  io::cancel_scope& scope_;
  bool answer_begun_ = false;
};

struct wanted {
  std::span<const std::uint32_t> tried;
  bool repeatable;
  bool may_wait;
};

// Where the next try goes, with a place where the upstream has limits.
task<result<std::size_t>> choose(exchange& ex, upstream& to, wanted what, endpoint_use& use,
                                 io::cancel_scope& scope) {
  if (to.limits() == nullptr) {
    worker_part& mine = to.part(ex.worker);
    const std::size_t picked = mine.pick(ex, what.tried, what.repeatable);
    if (picked == worker_part::nobody) co_return fail(nobody(to));
    use.begin(ex, to, picked, mine.is_on_trial());
    co_return picked;
  }
  use.end();
  const place_query asked{ex, to, what.tried, what.repeatable};
  endpoint_place found;
  if (!what.may_wait) {
    if (!find_place_at_once(asked, found)) co_return fail(why_none(place_found::full, to));
    use.begin_placed(ex, to, found.endpoint, found.on_trial);
    co_return found.endpoint;
  }
  const place_found at_once = find_place(asked, found);
  if (at_once == place_found::nobody || at_once == place_found::full) {
    co_return fail(why_none(at_once, to));
  }
  if (at_once == place_found::waits) {
    const result<endpoint_place> waited = co_await wait_for_place(asked, scope);
    if (!waited) co_return fail(waited.error());
    found = *waited;
  }
  use.begin_placed(ex, to, found.endpoint, found.on_trial);
  co_return found.endpoint;
}

// The rule of forward.cpp, for a question: it is always at hand.
bool may_repeat(const question& what, const failure& why, bool answer_begun) {
  if (answer_begun) return false;
  if (why.retry_safe) return true;
  const bool broke =
      why.kind == fault::refused || why.kind == fault::reset || why.kind == fault::end_of_stream;
  return broke && why.from == side::upstream && http::is_idempotent(what.verb);
}

}  // namespace

task<result<heard_answer>> ask(exchange& ex, upstream& of, question& what,
                               io::cancel_scope& scope) {
  upstream& to = of.now(ex);
  worker_part& mine = to.part(ex.worker);
  mine.retries.request_began();
  std::array<std::uint32_t, sends_max> tried{};
  std::size_t tries = 0;
  bool fresh_only = false, same_again = false;
  int sends = 0;
  endpoint_use use;
  while (true) {
    if (!same_again) {
      const bool repeatable = what.once || http::is_idempotent(what.verb);
      const wanted next{std::span(tried.data(), tries), repeatable, !what.once};
      const result<std::size_t> picked = co_await choose(ex, to, next, use, scope);
      if (!picked) co_return fail(picked.error());
      tried[tries++] = static_cast<std::uint32_t>(*picked);
    }
    const std::size_t index = tried[tries - 1];
    what.fields.set(ex.memory, "Host", host_for(ex, to, to.at(index)), http::field_id::host);
    const bool ask_kernel = !http::is_idempotent(what.verb);
    lease held = fresh_only ? nullptr : mine.pool(index).take(ask_kernel);
    const bool reused = held != nullptr;
    const time_point began = ex.worker.loop.now();
    failure why;
    bool begun = false;
    if (reused) {
      mine.counted.reused.add();
    } else {
      result<lease> made = co_await connect(ex, to, index, to.connect_timeout(), scope);
      if (made) {
        held = std::move(*made);
      } else {
        why = made.error();
      }
    }
    if (held) {
      ++sends;
      trial one(ex, std::move(held), what, scope);
      result<heard_answer> heard = co_await one.run();
      if (heard) use.answered(heard->head->status);
      if (heard) co_return heard;
      why = heard.error();
      begun = one.answer_begun();
    }
    if (scope.cancelled()) {
      use.failed(scope.why());  // its own time is the upstream's fault, a client that left is not
      co_return fail(scope.why());
    }
    if (!may_repeat(what, why, begun) || sends == sends_max) {
      use.failed(why);
      co_return fail(why);
    }
    same_again = reused && !fresh_only && ex.worker.loop.now() - began < stale_within;
    fresh_only = true;
    if (same_again) continue;
    use.failed(why);
    if (what.once || tries == sends_max || !mine.retries.spend()) co_return fail(why);
    mine.counted.retries.add();
  }
}

}  // namespace ferroway::upstream
