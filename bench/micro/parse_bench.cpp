// What the HTTP/1 codec costs a message, in a release build: scan and parse a head, write one,
// decode chunks.
#include <benchmark/benchmark.h>

#include <string>

#include "http/hop_by_hop.hpp"
#include "http/http1/chunk_decoder.hpp"
#include "http/http1/control_scan.hpp"
#include "http/http1/head_scanner.hpp"
#include "http/http1/parse.hpp"
#include "http/http1/write.hpp"

namespace ferroway {
namespace {

constexpr std::string_view small_request =  // 40 bytes: what wrk and h2load send, nearly
    "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";

constexpr std::string_view typical_request =  // about 200 bytes: a client of an API
    "GET /api/v1/users/42?expand=roles HTTP/1.1\r\nHost: api.example.com\r\n"
    "User-Agent: curl/8.5.0\r\nAccept: application/json\r\nAccept-Encoding: gzip, br\r\n"
    "Authorization: Bearer 0123456789abcdef\r\nX-Tenant: t1\r\n\r\n";

constexpr std::string_view browser_request =  // about 700 bytes
    "GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
    "Cache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36\r\n"
    "Accept: "
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\n"
    "Sec-Fetch-Dest: document\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n\r\n";

constexpr std::string_view typical_response =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: 128\r\nConnection: keep-alive\r\n"
    "ETag: \"65920080-80\"\r\n\r\n";

void scan(benchmark::State& state, std::string_view bytes) {
  for (auto _ : state) {
    http1::head_scanner scanner;
    benchmark::DoNotOptimize(scanner.scan(bytes));
  }
}

void scan_and_parse_request(benchmark::State& state, std::string_view bytes) {
  const http1::head_limits limits;
  for (auto _ : state) {
    arena memory;
    http1::head_scanner scanner;
    http::request_head head;
    if (!scanner.scan(bytes)) state.SkipWithError("refused");
    const auto parsed = http1::parse_request_head(bytes, limits, memory, head);
    if (!parsed) state.SkipWithError("refused");
    benchmark::DoNotOptimize(head);
  }
}

void scan_and_parse_response(benchmark::State& state) {
  const http1::head_limits limits;
  for (auto _ : state) {
    arena memory;
    http1::head_scanner scanner(side::upstream);
    http::response_head head;
    if (!scanner.scan(typical_response)) state.SkipWithError("refused");
    const auto parsed =
        http1::parse_response_head(typical_response, limits, http::method::get, memory, head);
    if (!parsed) state.SkipWithError("refused");
    benchmark::DoNotOptimize(head);
  }
}

void write_request(benchmark::State& state, std::string_view bytes) {
  buffer_pool pool;
  arena memory;
  http::request_head head;
  if (!http1::parse_request_head(bytes, {}, memory, head)) state.SkipWithError("refused");
  http::remove_hop_by_hop(head.fields);
  const http1::request_line line{head.method_text, head.path, head.query, head.has_query};
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        http1::write_request_head(pool, line, head.fields, head.body, "").view().data());
  }
}

void write_response(benchmark::State& state) {
  buffer_pool pool;
  arena memory;
  http::response_head head;
  if (!http1::parse_response_head(typical_response, {}, http::method::get, memory, head)) {
    state.SkipWithError("refused");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        http1::write_response_head(pool, head.status, head.reason, head.fields, head.body, "")
            .view()
            .data());
  }
}

void find_controls(benchmark::State& state) {
  const http1::named_control_finder& finder =
      http1::control_finders()[static_cast<std::size_t>(state.range(0))];
  const std::string text(4096, 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(finder.find(text.data(), text.data() + text.size()));
  }
  state.SetLabel(std::string(finder.name));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}

void decode_chunks(benchmark::State& state) {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes.append("400\r\n").append(1024, 'x').append("\r\n");
  bytes += "0\r\n";
  for (auto _ : state) {
    http1::chunk_decoder decoder(side::client);
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto step = decoder.next(rest);
      if (!step) {
        state.SkipWithError("refused");
        break;
      }
      benchmark::DoNotOptimize(step->data.data());
      rest.remove_prefix(step->consumed);
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

BENCHMARK_CAPTURE(scan, typical, typical_request);
BENCHMARK_CAPTURE(scan, browser, browser_request);
BENCHMARK_CAPTURE(scan_and_parse_request, small, small_request);
BENCHMARK_CAPTURE(scan_and_parse_request, typical, typical_request);
BENCHMARK_CAPTURE(scan_and_parse_request, browser, browser_request);
BENCHMARK(scan_and_parse_response);
BENCHMARK_CAPTURE(write_request, typical, typical_request);
BENCHMARK_CAPTURE(write_request, browser, browser_request);
BENCHMARK(write_response);
BENCHMARK(decode_chunks);
BENCHMARK(find_controls)->DenseRange(0, static_cast<int>(http1::control_finders().size()) - 1);

}  // namespace
}  // namespace ferroway

BENCHMARK_MAIN();
