#include "cli/echo/server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "io/backend.hpp"
#include "io/loop.hpp"

namespace ferroway::echo {
namespace {

// A blocking client of the server under test; every wait has an end.
class client {
 public:
  explicit client(const io::address& to) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_storage where{};
    auto* raw = reinterpret_cast<sockaddr*>(&where);
    EXPECT_EQ(connect(socket_, raw, to.write(raw)), 0);
  }
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client() { close(socket_); }

  void send(std::string_view text) {
    EXPECT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Everything up to and with `mark`, or all that came before the end.
  std::string read_to(std::string_view mark) {
    while (true) {
      const std::size_t at = input_.find(mark);
      if (at != std::string::npos) return take(at + mark.size());
      if (!receive()) return take(input_.size());
    }
  }
  std::string read(std::size_t bytes) {
    while (input_.size() < bytes && receive()) continue;
    return take(std::min(bytes, input_.size()));
  }
  bool ended() { return input_.empty() && !receive(); }

  struct answer {
    std::string head;
    std::string body;
  };
  // An answer with a Content-Length.
  answer read_answer() {
    answer got{.head = read_to("\r\n\r\n"), .body = {}};
    const std::string_view name = "Content-Length: ";
    const std::size_t at = got.head.find(name);
    if (at != std::string::npos) got.body = read(std::stoul(got.head.substr(at + name.size())));
    return got;
  }
  answer ask(std::string_view text) {
    send(text);
    return read_answer();
  }

 private:
  bool receive() {
    char more[4096];
    const ssize_t count = recv(socket_, more, sizeof more, 0);
    if (count > 0) input_.append(more, static_cast<std::size_t>(count));
    return count > 0;
  }
  std::string take(std::size_t bytes) {
    std::string taken = input_.substr(0, bytes);
    input_.erase(0, bytes);
    return taken;
  }

  int socket_;
  std::string input_;
};

class echo_server : public testing::Test {
 protected:
  void SetUp() override {
    result<std::unique_ptr<io::loop>> loop = io::make_epoll_loop();
    ASSERT_TRUE(loop);
    loop_ = std::move(*loop);
    const result<io::address> any_port = io::address::parse("127.0.0.1:0");
    result<std::unique_ptr<io::listener>> listener =
        loop_->listen(*any_port, {.reuse_port = false});
    ASSERT_TRUE(listener);
    at_ = (*listener)->bound();
    server_ = std::make_unique<server>(*loop_, std::move(*listener), "demo", duration::zero());
    thread_ = std::thread([this] {
      server_->start();
      loop_->run();
      // Buffers and timers belong to this thread.
      server_.reset();
      loop_.reset();
    });
  }
  void TearDown() override {
    if (thread_.joinable()) stop();
  }
  // Returns once the loop has ended, which it does when the last connection has.
  void stop() {
    loop_->post([this] { server_->stop(); });
    thread_.join();
  }

  std::unique_ptr<io::loop> loop_;
  std::unique_ptr<server> server_;
  io::address at_;
  std::thread thread_;
};

TEST_F(echo_server, says_what_it_received) {
  client peer(at_);
  const client::answer got = peer.ask(
      "POST /api/x?y=1 HTTP/1.1\r\nHost: a\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: "
      "5\r\n\r\nhello");
  EXPECT_TRUE(got.head.starts_with("HTTP/1.1 200 OK\r\n")) << got.head;
  for (const char* part : {R"("name": "demo")", R"("method": "POST")", R"("target": "/api/x?y=1")",
                           R"(["X-Twice", "1"],)", R"(["X-Twice", "2"])", R"("body_bytes": 5)",
                           R"("body": "hello")", R"("body_truncated": false)"}) {
    EXPECT_NE(got.body.find(part), std::string::npos) << part << " in " << got.body;
  }
}

TEST_F(echo_server, takes_a_chunked_body_and_its_trailers_and_then_the_next_request) {
  client peer(at_);
  const client::answer first = peer.ask(
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n");
  EXPECT_NE(first.body.find(R"("body": "abcde")"), std::string::npos) << first.body;
  EXPECT_NE(first.body.find(R"(["X-Sum", "7"])"), std::string::npos) << first.body;
  const client::answer second = peer.ask("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(second.body.find(R"("target": "/second")"), std::string::npos) << second.body;
}

TEST_F(echo_server, keeps_the_beginning_of_a_long_body_and_counts_it_all) {
  client peer(at_);
  const std::string body(200'000, 'b');
  const client::answer got =
      peer.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + body);
  EXPECT_NE(got.body.find(R"("body_bytes": 200000)"), std::string::npos);
  EXPECT_NE(got.body.find(R"("body_truncated": true)"), std::string::npos);
  EXPECT_NE(got.body.find('"' + std::string(64 * 1024, 'b') + '"'), std::string::npos);
}

TEST_F(echo_server, lets_a_waiting_client_go_on) {
  client peer(at_);
  peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(peer.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_NE(peer.ask("ok").body.find(R"("body": "ok")"), std::string::npos);
}

TEST_F(echo_server, does_what_the_query_wants) {
  client peer(at_);
  EXPECT_TRUE(
      peer.ask("GET /?status=503 HTTP/1.1\r\nHost: a\r\n\r\n").head.starts_with("HTTP/1.1 503 "));
  const client::answer large = peer.ask("GET /?bytes=300001 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(large.body.size(), 300'001U);
  const client::answer odd = peer.ask("GET /?status=9 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(odd.head.starts_with("HTTP/1.1 400 ")) << odd.head;
}

TEST_F(echo_server, answers_head_204_and_304_without_a_body) {
  client peer(at_);
  peer.send(
      "HEAD /?bytes=10 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /?status=204 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /?status=304&bytes=4 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /?bytes=3 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(peer.read_to("\r\n\r\n").find("Content-Length: 10\r\n"), std::string::npos);
  EXPECT_EQ(peer.read_to("\r\n\r\n").find("Content-Length"), std::string::npos);
  EXPECT_TRUE(peer.read_to("\r\n\r\n").starts_with("HTTP/1.1 304 "));
  EXPECT_EQ(peer.read_answer().body, "xxx");
}

TEST_F(echo_server, closes_when_the_client_wants_it_or_breaks_the_protocol) {
  client polite(at_);
  EXPECT_NE(polite.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .head.find("Connection: close"),
            std::string::npos);
  EXPECT_TRUE(polite.ended());
  client old(at_);
  old.ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(old.ended());
  client rude(at_);
  EXPECT_TRUE(rude.ask("GET / HTTP/1.1\r\n\r\n").head.starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(rude.ended());
}

TEST_F(echo_server, echoes_a_websocket) {
  client peer(at_);
  peer.send(
      "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\nearly");
  const std::string head = peer.read_to("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101 ")) << head;
  EXPECT_NE(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos)
      << head;
  EXPECT_EQ(peer.read(5), "early");
  peer.send("later");
  EXPECT_EQ(peer.read(5), "later");
}

TEST_F(echo_server, stops_although_clients_are_in_the_middle_of_things) {
  client idle(at_);
  client half(at_);
  half.send("GET / HTT");
  client delayed(at_);
  delayed.send("GET /?delay=1h HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(idle.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").body.empty());
  stop();
  EXPECT_TRUE(half.ended());
  EXPECT_TRUE(delayed.ended());
}

}  // namespace
}  // namespace ferroway::echo
