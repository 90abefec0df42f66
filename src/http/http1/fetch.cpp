#include "http/http1/fetch.hpp"

#include <algorithm>
#include <optional>

#include "http/http1/body_reader.hpp"
#include "http/http1/parse.hpp"
#include "http/http1/write.hpp"
#include "io/connect_either.hpp"

namespace ferroway::http1 {
namespace {

constexpr head_limits answer_limits{32 * 1024, 100, 0};
constexpr int interim_max = 8;

buffer request_bytes(io::loop& on, const fetch_request& what, arena& memory) {
  http::field_list fields;
  fields.add(memory, "Host", what.authority);
  for (const auto& [name, value] : what.fields) fields.add(memory, name, value);
  const std::string_view target = what.target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  const bool has_query = mark < target.size();
  const std::string_view query = has_query ? target.substr(mark + 1) : std::string_view{};
  return write_request_head(on.buffers(), {what.method, target.substr(0, mark), query, has_query},
                            fields, {}, "close");
}

task<result<std::unique_ptr<io::stream>>> connect(io::loop& on, io::cancel_scope& parent,
                                                  const fetch_request& what) {
  io::cancel_scope scope(parent);
  scope.expire_in(what.connect_within, side::upstream, "connecting took too long");
  result<std::unique_ptr<io::stream>> made =
      co_await io::connect_either(on, what.from, what.other, scope);
  if (!made) co_return fail(blame(made.error(), side::upstream));
  co_return made;
}

// The head of the final answer; `input` keeps what comes behind it.
task<result<http::response_head*>> read_head(io::stream& from, http::method asked, buffer& input,
                                             arena& memory, io::cancel_scope& scope) {
  for (int interims = 0; interims <= interim_max; ++interims) {
    head_reader reader(memory, answer_limits, side::upstream);
    while (true) {
      if (!input.empty()) {
        const result<bool> whole = reader.take(input);
        if (!whole) co_return fail(whole.error());
        if (*whole) break;
      }
      result<buffer> received = co_await from.receive_head(scope);
      if (!received) co_return fail(blame(received.error(), side::upstream));
      if (received->empty()) {
        co_return fail(fault::end_of_stream, side::upstream, "closed before an answer");
      }
      input = std::move(*received);
    }
    auto* head = memory.make<http::response_head>();
    const result<void> parsed =
        parse_response_head(reader.head(), answer_limits, asked, memory, *head);
    if (!parsed) co_return fail(parsed.error());
    if (head->status >= 200) co_return head;
    if (head->status == 101) break;
  }
  co_return fail(fault::malformed, side::upstream, "no final answer");
}

task<result<std::string>> read_body(body_reader& body, const fetch_request& what,
                                    io::cancel_scope& scope) {
  std::string text;
  result<buffer> piece = body.take_ready();
  while (piece) {
    text += piece->view().substr(0, what.body_bytes_max - text.size());
    if (body.done() || (what.cut_body && text.size() == what.body_bytes_max)) co_return text;
    piece = co_await body.read(scope);
  }
  co_return fail(piece.error());
}

}  // namespace

task<result<fetched>> fetch(io::loop& on, io::cancel_scope& parent, fetch_request what) {
  io::cancel_scope scope(parent);
  scope.expire_in(what.within, side::upstream, "the answer took too long");
  arena memory;
  result<std::unique_ptr<io::stream>> made = co_await connect(on, scope, what);
  if (!made) co_return fail(made.error());
  io::stream& stream = **made;
  const result<void> sent =
      co_await stream.send(io::gather(request_bytes(on, what, memory)), scope);
  if (!sent) co_return fail(blame(sent.error(), side::upstream));
  buffer input;
  const http::method asked = http::method_of(what.method);
  const result<http::response_head*> head = co_await read_head(stream, asked, input, memory, scope);
  if (!head) co_return fail(head.error());
  fetched answer{(*head)->status, {}};
  if (what.cut_body && what.body_bytes_max == 0) co_return answer;  // nobody reads it
  body_reader body(on, stream, input, side::upstream);
  const std::optional<std::uint64_t> bytes_max =
      what.cut_body ? std::nullopt : std::optional<std::uint64_t>(what.body_bytes_max);
  body.begin((*head)->body, {what.within, bytes_max, answer_limits}, memory);
  result<std::string> text = co_await read_body(body, what, scope);
  if (!text) co_return fail(text.error());
  answer.body = std::move(*text);
  co_return answer;
}

}  // namespace ferroway::http1
