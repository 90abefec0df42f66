#include "middleware/compress.hpp"

#include <algorithm>
#include <new>

#include "base/text.hpp"
#include "http/media_range.hpp"
#include "http/vary.hpp"
#include "middleware/compress/compressed_body.hpp"
#include "middleware/compress/compressed_head.hpp"
#include "telemetry/metrics.hpp"

namespace ferroway {
namespace {

using http::field_id;
using std::string_view;

constexpr string_view event_stream = "text/event-stream";

// Complete bodies up to this size are compressed at once, so that their length is known.
constexpr std::size_t whole_bytes_max = compressed_body::slice_bytes_max;

bool is_encoded(const http::field_list& fields) {
  for (const http::field& item : fields) {
    if (item.id() == field_id::content_encoding && !item.value().empty() &&
        !equals_ignoring_case(item.value(), "identity")) {
      return true;
    }
  }
  return false;
}

// Answers that have no body, or only a part of one.
bool has_whole_body(const response& reply) {
  const std::uint16_t status = reply.head->status;
  return reply.upgraded == nullptr && status >= 200 && status != 204 && status != 205 &&
         status != 206 && status != 304 && reply.head->fields.find("Content-Range") == nullptr;
}

// Of the body that a GET would get. In a rehearsal a stand-in has only a head.
std::optional<std::uint64_t> length_of(const exchange& ex, const response& reply) {
  const bool stated_only = ex.request.verb == http::method::head || ex.rehearsed_by != nullptr;
  const http::field* stated = reply.head->fields.find(field_id::content_length);
  if (stated_only && stated != nullptr) return parse_decimal(stated->value());
  if (stated_only && reply.body.length.value_or(0) == 0) return std::nullopt;
  return reply.body.length;
}

string_view bytes_of(const http::body& body) {
  return body.text.empty() ? body.ready.view() : body.text;
}

void end_compressed_body(exchange&, void* with) noexcept {
  static_cast<compressed_body*>(with)->discard();
}

}  // namespace

void compress::count_in(telemetry::metrics& all) {
  if (stats_ == nullptr) stats_ = all.middleware(name());
}

compress::wish compress::wish_of(const exchange& ex) const noexcept {
  return {http::choose_coding(ex.request.fields, from_.encodings),
          has_directive(ex.request.fields, "Cache-Control", "no-transform")};
}

bool compress::is_listed(string_view content_type) const {
  // A stream of events would keep its encoder for hours: only who asks for it by name has it.
  const bool by_name = http::in_media_range(content_type, event_stream);
  return std::ranges::any_of(from_.types, [&](const std::string& range) {
    return by_name ? range == event_stream : http::in_media_range(content_type, range);
  });
}

void compress::match_what_was_sent(exchange& ex, http::field_list& answer) const {
  const http::field* type = answer.find(field_id::content_type);
  if (is_encoded(answer) || (type != nullptr && !is_listed(type->value()))) return;
  http::vary_by(answer, "Accept-Encoding", ex.memory);
  answer.remove(field_id::content_length);  // not of what went out (RFC 9110, 8.6)
  const http::field* tag = answer.find("ETag");
  if (tag == nullptr) return;
  const string_view weak = ex.memory.join("W/", tag->value());
  if (has_directive(ex.request.fields, "If-None-Match", weak)) weaken_etag(answer, ex.memory);
}

string_view compress::obstacle(const exchange& ex, const response& reply) const {
  const http::field_list& fields = reply.head->fields;
  if (!has_whole_body(reply)) return "there is no body, or not all of it";
  if (is_encoded(fields)) return "already encoded";
  if (has_directive(fields, "Cache-Control", "no-transform")) return "Cache-Control: no-transform";
  if (!fields.has(field_id::content_type)) return "it has no Content-Type";
  if (!is_listed(fields.value(field_id::content_type))) return "its type is not listed";
  const auto length = length_of(ex, reply);
  if (length && *length < std::max<std::uint64_t>(from_.bytes_min, 1)) {
    return "shorter than `min_bytes`";
  }
  return {};
}

task<result<response>> compress::handle(exchange& ex, next_handler next) {
  const wish wanted = wish_of(ex);
  result<response> reply = co_await next(ex);
  if (!reply) co_return reply;
  http::field_list& fields = reply->head->fields;
  if (reply->head->status == 304) match_what_was_sent(ex, fields);
  if (const string_view why = obstacle(ex, *reply); !why.empty()) {
    leave(ex, why);
    co_return reply;
  }
  http::vary_by(fields, "Accept-Encoding", ex.memory);
  if (wanted.untransformed) {
    leave(ex, "the client asked for no-transform");
  } else if (!wanted.choice.coding) {
    leave(ex, wanted.choice.reason);
  } else if (const auto done = encode(ex, *reply, *wanted.choice.coding); !done) {
    co_return fail(done.error());
  }
  co_return reply;
}

result<bool> compress::encode_body(exchange& ex, response& reply, http::content_coding coding,
                                   encoder_loan by) {
  http::body& body = reply.body;
  const string_view ready = bytes_of(body);
  if (body.rest == nullptr && ready.size() <= whole_bytes_max) {
    result<buffer> made = compress_whole(ex, *by, ready);
    if (!made) return fail(made.error());
    if (made->empty()) return false;
    body = {};
    body.length = made->size();
    body.ready = std::move(*made);
  } else {
    void* room = ex.memory.allocate(sizeof(compressed_body), alignof(compressed_body));
    auto* source = new (room) compressed_body(ex, std::move(by), std::move(body));
    ex.at_end(end_compressed_body, source);
    body = {};
    result<buffer> first = source->take_ready();
    if (!first) return fail(first.error());
    body.ready = std::move(*first);
    body.rest = source;
  }
  mark_compressed(reply.head->fields, http::to_string(coding), ex.memory);
  return true;
}

result<void> compress::encode(exchange& ex, response& reply, http::content_coding coding) const {
  const string_view as = http::to_string(coding);
  const bool is_head = ex.request.verb == http::method::head;
  if (is_head || ex.rehearsed_by != nullptr) {
    // What a GET would be told; how long it would be, nobody knows.
    mark_compressed(reply.head->fields, as, ex.memory);
    if (is_head) reply.body.length = 0;
  } else {
    encoder_loan by = encoder_pool::of_this_thread().take(coding, from_.level);
    if (!by) {
      if (stats_ != nullptr) stats_->of(ex.worker.index).crowded.add();
      leave(ex, "too many answers are being compressed");
      return {};
    }
    const result<bool> encoded = encode_body(ex, reply, coding, std::move(by));
    if (!encoded) return fail(encoded.error());
    if (!*encoded) {
      leave(ex, "it would not get smaller");
      return {};
    }
  }
  ex.record(name(), "compressed", as);
  return {};
}

}  // namespace ferroway
