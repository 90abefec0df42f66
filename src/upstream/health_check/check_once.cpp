#include "upstream/health_check/check_once.hpp"

#include <algorithm>

#include "http/http1/fetch.hpp"
#include "io/connect_either.hpp"

namespace ferroway::upstream {
namespace {

// Of an answer's body that is looked at.
constexpr std::size_t body_bytes_max = std::size_t{64} * 1024;

const char* explain(const failure& why) noexcept {
  switch (why.kind) {
    case fault::refused:
      return "the connection was refused";
    case fault::unreachable:
      return "it cannot be reached";
    case fault::timed_out:
      return "no answer in time";
    case fault::reset:
    case fault::end_of_stream:
      return "the connection broke";
    case fault::out_of_descriptors:
      return "the gateway has no descriptors";
    default:
      return "the answer is malformed";
  }
}

// `gRPC`, once upstreams speak HTTP/2, is a third kind beside these two.
task<check_result> check_tcp(io::loop& on, const endpoint& at, io::cancel_scope& scope) {
  const result<std::unique_ptr<io::stream>> made =
      co_await io::connect_either(on, at.address, at.other, scope);
  if (!made) co_return check_result{false, explain(made.error())};
  co_return check_result{true, "passed its checks"};
}

task<check_result> check_http(io::loop& on, const endpoint& at, const config::health_check& by,
                              io::cancel_scope& scope) {
  http1::fetch_request asked{.from = at.address,
                             .authority = by.host.empty() ? at.authority : by.host};
  asked.other = at.other;
  asked.target = by.path;
  asked.method = by.method;
  asked.fields = {{"User-Agent", "ferroway-health-check"}};
  asked.body_bytes_max = by.body.empty() ? 0 : body_bytes_max;
  asked.cut_body = true;
  asked.connect_within = asked.within = by.timeout;
  const result<http1::fetched> answer = co_await http1::fetch(on, scope, std::move(asked));
  if (!answer) co_return check_result{false, explain(answer.error())};
  const bool expected = std::ranges::any_of(by.expect, [&](const config::status_range& each) {
    return answer->status >= each.first && answer->status <= each.last;
  });
  if (!expected) co_return check_result{false, "the status is not an expected one"};
  if (!by.body.empty() && answer->body.find(by.body) == std::string::npos) {
    co_return check_result{false, "the body lacks what is expected"};
  }
  co_return check_result{true, "passed its checks"};
}

}  // namespace

task<check_result> check_once(io::loop& on, const endpoint& at, const config::health_check& by,
                              io::cancel_scope& scope) {
  io::cancel_scope checking(scope);
  checking.expire_in(by.timeout, side::upstream, "the check took too long");
  if (by.is == config::health_check::kind::tcp) {
    co_return co_await check_tcp(on, at, checking);
  }
  co_return co_await check_http(on, at, by, checking);
}

}  // namespace ferroway::upstream
