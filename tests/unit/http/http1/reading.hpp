// Reads whole or split heads and bodies as a connection would, for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/http1/chunk_decoder.hpp"
#include "http/http1/head_scanner.hpp"
#include "http/http1/parse.hpp"

namespace ferroway::http1 {

// The bytes up to each cut have arrived, one cut after the other. A block of its own size for each
// step, so that AddressSanitizer sees every read outside.
using cuts = std::vector<std::size_t>;

struct scanned {
  result<scan_verdict> verdict = scan_verdict::incomplete;
  std::size_t begin = 0;
  std::size_t end = 0;
};

inline scanned scan_head(std::string_view bytes, side from, cuts at = {}) {
  head_scanner scanner(from);
  scanned found;
  at.push_back(bytes.size());
  for (const std::size_t cut : at) {
    const std::vector<char> arrived(bytes.begin(), bytes.begin() + static_cast<long>(cut));
    found.verdict = scanner.scan({arrived.data(), arrived.size()});
    if (!found.verdict || *found.verdict == scan_verdict::complete) break;
  }
  found.begin = scanner.begin();
  found.end = scanner.end();
  return found;
}

template <class Head>
struct reading {
  arena memory;
  std::string bytes;
  Head head;
  result<void> outcome;

  explicit operator bool() const { return outcome.has_value(); }
  std::string_view detail() const { return outcome ? "" : outcome.error().detail; }
  fault kind() const { return outcome ? fault::internal : outcome.error().kind; }
};

template <class Head, class Parse>
std::unique_ptr<reading<Head>> read_head(std::string_view bytes, side from, cuts at, Parse parse) {
  auto read = std::make_unique<reading<Head>>();
  const scanned found = scan_head(bytes, from, std::move(at));
  if (!found.verdict) {
    read->outcome = fail(found.verdict.error());
  } else if (*found.verdict == scan_verdict::incomplete) {
    read->outcome = fail(fault::end_of_stream, from, "incomplete");
  } else {
    read->bytes = bytes.substr(found.begin, found.end - found.begin);
    read->outcome = parse(read->bytes, read->memory, read->head);
  }
  return read;
}

inline auto read_request(std::string_view bytes, const head_limits& limits = {}, cuts at = {}) {
  return read_head<http::request_head>(
      bytes, side::client, std::move(at),
      [&](std::string_view head, arena& memory, http::request_head& into) {
        return parse_request_head(head, limits, memory, into);
      });
}

inline auto read_response(std::string_view bytes, http::method to = http::method::get,
                          const head_limits& limits = {}, cuts at = {}) {
  return read_head<http::response_head>(
      bytes, side::upstream, std::move(at),
      [&](std::string_view head, arena& memory, http::response_head& into) {
        return parse_response_head(head, limits, to, memory, into);
      });
}

struct decoded {
  std::string data;
  bool ended = false;
  std::string detail;        // of the failure
  std::size_t consumed = 0;  // only when ended
  bool operator==(const decoded&) const = default;
};

inline decoded decode_chunks(std::string_view bytes, cuts at = {}) {
  chunk_decoder decoder(side::client);
  decoded all;
  at.push_back(bytes.size());
  std::size_t consumed = 0;
  for (const std::size_t cut : at) {
    const std::vector<char> arrived(bytes.begin() + static_cast<long>(consumed),
                                    bytes.begin() + static_cast<long>(cut));
    std::string_view rest(arrived.data(), arrived.size());
    while (!rest.empty()) {
      const result<chunk_decoder::step> step = decoder.next(rest);
      if (!step) {
        all.detail = step.error().detail;
        return all;
      }
      all.data += step->data;
      rest.remove_prefix(step->consumed);
      consumed += step->consumed;
      if (step->end_of_data) {
        all.ended = true;
        all.consumed = consumed;
        return all;
      }
    }
  }
  return all;
}

}  // namespace ferroway::http1
