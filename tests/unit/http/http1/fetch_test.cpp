#include "http/http1/fetch.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/spawn.hpp"
#include "io/simulated_world.hpp"

namespace ferroway::http1 {
namespace {

using std::chrono::seconds;

// A server that reads one request and answers as the test says.
class fetches : public testing::Test {
 protected:
  fetches() : scope(*loop), listener(std::move(*loop->listen(where, {}))) {}

  // What comes of it.
  result<fetched> ask(std::string text, bool then_end = true, std::size_t bytes_max = 1024) {
    answers(std::move(text), then_end);
    fetch_request what{where, "keys.test", "/jwks.json?v=1"};
    what.body_bytes_max = bytes_max;
    return run(what);
  }
  void answers(std::string text, bool then_end = false) {
    answer = std::move(text);
    ends = then_end;
    spawn(serve());
  }
  result<fetched> run(fetch_request what) {
    std::optional<result<fetched>> outcome;
    spawn(keep(fetch(*loop, scope, std::move(what)), outcome));
    world.run_until([&] { return outcome.has_value(); }, world.now() + std::chrono::minutes(1));
    theirs.reset();
    return outcome ? std::move(*outcome) : fail(fault::internal, side::local, "never ended");
  }
  std::string body_of(const std::string& text, bool then_end = true) {
    const result<fetched> got = ask(text, then_end);
    return got ? std::to_string(got->status) + " " + got->body
               : std::string(to_string(got.error().kind));
  }

  const io::address where = *io::address::parse("10.0.0.1:80");
  io::simulated_world world;
  std::unique_ptr<io::loop> loop = world.make_loop();
  io::cancel_scope scope;
  std::unique_ptr<io::listener> listener;
  std::unique_ptr<io::stream> theirs;
  std::string asked;

 private:
  task<> serve() {
    result<std::unique_ptr<io::stream>> accepted = co_await listener->accept(scope);
    theirs = std::move(*accepted);
    asked.clear();
    while (!asked.ends_with("\r\n\r\n")) {
      result<buffer> received = co_await theirs->receive(scope);
      if (!received || received->empty()) co_return;
      asked += received->view();
    }
    buffer bytes = loop->buffers().acquire();
    bytes.append(answer);
    (void)co_await theirs->send(io::gather(std::move(bytes)), scope);
    if (ends) theirs->shutdown_write();
  }
  static task<> keep(task<result<fetched>> work, std::optional<result<fetched>>& into) {
    into.emplace(co_await std::move(work));
  }
  std::string answer;
  bool ends = true;
};

TEST_F(fetches, ask_and_take_the_whole_answer) {
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false), "200 hello");
  EXPECT_TRUE(asked.starts_with("GET /jwks.json?v=1 HTTP/1.1\r\n")) << asked;
  EXPECT_NE(asked.find("Host: keys.test\r\n"), std::string::npos) << asked;
  EXPECT_NE(asked.find("Connection: close\r\n"), std::string::npos) << asked;
  EXPECT_EQ(
      body_of(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
      "200 hello");
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\n\r\nhello"), "200 hello");
  EXPECT_EQ(body_of("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"),
            "404 ");
  EXPECT_EQ(body_of("HTTP/1.1 302 Go\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), "302 ");
}

TEST_F(fetches, take_nothing_that_is_broken_or_too_long) {
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), "end_of_stream");
  EXPECT_EQ(body_of("SSH-2.0\r\n\r\n"), "malformed");
  EXPECT_EQ(body_of(""), "end_of_stream");
  EXPECT_EQ(body_of("HTTP/1.1 101 Up\r\n\r\n"), "malformed");
  const auto large = ask("HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, fault::body_too_large);
  const auto stated = ask("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", false);
  ASSERT_FALSE(stated);
}

TEST_F(fetches, cut_what_nobody_wants_to_read) {
  const auto ask_cut = [&](std::size_t bytes_max) {
    fetch_request what{where, "h", "/health"};
    what.method = "HEAD";
    what.fields = {{"User-Agent", "check"}};
    what.body_bytes_max = bytes_max;
    what.cut_body = true;
    return what;
  };
  answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
  ASSERT_TRUE(run(ask_cut(3)));  // HEAD: no body comes
  EXPECT_TRUE(asked.starts_with("HEAD /health HTTP/1.1\r\n")) << asked;
  EXPECT_NE(asked.find("User-Agent: check\r\n"), std::string::npos) << asked;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}, std::size_t{6}}) {
    fetch_request what = ask_cut(bytes);
    what.method = "GET";
    answers("HTTP/1.1 503 No\r\nContent-Length: 20\r\n\r\nhello!");  // the rest never comes
    const auto got = run(std::move(what));
    ASSERT_TRUE(got) << bytes;
    EXPECT_EQ(got->body, std::string("hello!").substr(0, bytes));
  }
}

TEST_F(fetches, wait_so_long_and_no_longer) {
  const time_point begun = world.now();
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", false), "timed_out");
  EXPECT_EQ(world.now() - begun, seconds(10));
  world.take_down(where, io::simulated_world::loss::silent);
  const time_point again = world.now();
  const auto lost = run({where, "keys.test"});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, fault::timed_out);
  EXPECT_EQ(world.now() - again, seconds(2));
}

TEST_F(fetches, end_with_their_scope) {
  loop->post([&] { scope.cancel({fault::cancelled, side::local, false, "over"}); });
  world.take_down(where, io::simulated_world::loss::silent);
  const auto got = run({where, "keys.test"});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, fault::cancelled);
}

}  // namespace
}  // namespace ferroway::http1
