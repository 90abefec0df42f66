// Heads of requests and responses (the first byte says which). No input breaks the parser; the
// verdict does not depend on where the input was cut; and what was parsed and written again parses
// to the same message.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/http1/head_scanner.hpp"
#include "http/http1/parse.hpp"
#include "http/http1/write.hpp"
#include "require.hpp"

namespace ferroway::fuzz {
namespace {

using http::field_id;
using http1::head_limits;

std::string_view method_asked(std::uint8_t choice) { return choice & 2 ? "HEAD" : "GET"; }

struct scanned {
  bool complete = false;
  bool refused = false;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const scanned&) const = default;
};

scanned scan(std::string_view input, side from, std::size_t step) {
  http1::head_scanner scanner(from);
  for (std::size_t size = 0;;) {
    size = std::min(input.size(), size + step);
    // A copy of its own size: a read behind what has arrived is found.
    const std::vector<char> arrived(input.begin(),
                                    input.begin() + static_cast<std::ptrdiff_t>(size));
    const auto verdict = scanner.scan({arrived.data(), arrived.size()});
    if (!verdict) return {.refused = true};
    if (*verdict == http1::scan_verdict::complete) {
      return {.complete = true, .begin = scanner.begin(), .end = scanner.end()};
    }
    if (size == input.size()) return {};
  }
}

// Names and values in order, without what is written anew.
std::string end_to_end(const http::field_list& fields) {
  std::string text;
  for (const http::field& item : fields) {
    if (item.id() == field_id::content_length || item.id() == field_id::transfer_encoding ||
        item.id() == field_id::connection) {
      continue;
    }
    text.append(item.name()).append("\n").append(item.value()).append("\n");
  }
  return text;
}

void require_same(const http::framing& a, const http::framing& b) {
  require(a.is == b.is && a.length == b.length, "framing survives writing");
}

void try_request(std::string_view head) {
  arena memory;
  http::request_head first;
  if (!http1::parse_request_head(head, head_limits{}, memory, first)) return;
  require(first.path == "*" || first.path.starts_with('/'), "a path begins with a slash");
  require(first.fields.count(field_id::host) <= 1, "at most one Host");

  buffer_pool pool;
  const http1::request_line line{first.method_text, first.path, first.query, first.has_query};
  const std::string_view connection = first.wants_websocket ? "Upgrade" : "";
  const buffer written =
      http1::write_request_head(pool, line, first.fields, first.body, connection);
  const scanned again = scan(written.view(), side::client, written.size());
  require(again.complete && again.begin == 0 && again.end == written.size(),
          "what is written is one head");
  http::request_head second;
  const auto parsed = http1::parse_request_head(written.view(), head_limits{}, memory, second);
  // Written as HTTP/1.1, which wants a Host.
  if (!parsed && !first.fields.has(field_id::host)) return;
  require(parsed.has_value(), "what is written is accepted");
  require(second.method_text == first.method_text, "the method survives");
  require(second.path == first.path, "the path is in normal form");
  require(second.has_query == first.has_query && second.query == first.query, "the query survives");
  require(second.authority == first.authority, "the authority survives");
  require(end_to_end(second.fields) == end_to_end(first.fields), "the fields survive");
  require_same(first.body, second.body);
}

void try_response(std::string_view head, http::method to) {
  arena memory;
  http::response_head first;
  if (!http1::parse_response_head(head, head_limits{}, to, memory, first)) return;
  buffer_pool pool;
  const buffer written =
      http1::write_response_head(pool, first.status, first.reason, first.fields, first.body, "");
  const scanned again = scan(written.view(), side::upstream, written.size());
  require(again.complete && again.end == written.size(), "what is written is one head");
  http::response_head second;
  const auto parsed = http1::parse_response_head(written.view(), head_limits{}, to, memory, second);
  require(parsed.has_value(), "what is written is accepted");
  require(second.status == first.status && second.reason == first.reason, "the status survives");
  require(end_to_end(second.fields) == end_to_end(first.fields), "the fields survive");
  require_same(first.body, second.body);
}

void try_head(std::uint8_t choice, std::string_view input) {
  const side from = choice & 1 ? side::upstream : side::client;
  const scanned whole = scan(input, from, input.size() + 1);
  require(whole == scan(input, from, std::size_t{1} + choice / 4), "splits change nothing");
  if (!whole.complete) return;
  const std::vector<char> exact(input.begin() + static_cast<std::ptrdiff_t>(whole.begin),
                                input.begin() + static_cast<std::ptrdiff_t>(whole.end));
  const std::string_view head(exact.data(), exact.size());
  if (from == side::client) {
    try_request(head);
  } else {
    try_response(head, http::method_of(method_asked(choice)));
  }
}

}  // namespace
}  // namespace ferroway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  ferroway::fuzz::try_head(bytes[0], input);
  return 0;
}
