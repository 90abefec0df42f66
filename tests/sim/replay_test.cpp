// What `retry` does with a body that is still arriving: sent again whole, or not at all.
#include <string>

#include "sim/raw_world.hpp"

namespace ferroway::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string busy = "HTTP/1.1 503 x\r\nContent-Length: 4\r\n\r\nbusy";

std::string file(const std::string& retry) {
  return "listeners: [{name: public, address: 10.0.0.1:80}]\nadmin: off\nroutes:\n"
         "  - {path: /, to: http://10.0.1.1:8000" +
         retry + "}\n";
}

std::string head(const std::string& method, std::size_t bytes) {
  return method +
         " / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + std::to_string(bytes) +
         "\r\n\r\n";
}

class replay : public raw_world {
 protected:
  explicit replay(const std::string& retry) : raw_world(file(retry).c_str()) {}

  // "first" comes with the head, "other" a second later, and it breaks in between.
  void break_in_between() {
    serve({{await("first"), pause(milliseconds(500)), reset()},
           {await("firstother"), say(ok), read_all()}});
  }
  heard& send_in_two(const std::string& method) {
    return ask({say(head(method, 10) + "first"), pause(seconds(1)), say("other"), read_all()});
  }
  static bool is(const heard& client, const char* status) {
    return client.text.starts_with(std::string("HTTP/1.1 ") + status);
  }
  std::string body_at(std::size_t connection) const {
    const std::string& text = backend->at(connection).text;
    return text.substr(text.find("\r\n\r\n") + 4);
  }
};

struct kept : replay {
  kept() : replay(", retry: {when: [connect, reset, 503]}") {}
};

TEST_F(kept, a_body_that_still_arrives_is_sent_again_whole) {
  break_in_between();
  const heard& client = send_in_two("PUT");
  EXPECT_TRUE(is(client, "200")) << client.text;
  EXPECT_EQ(backend->connections(), 2U);
  EXPECT_EQ(body_at(1), "firstother");
}

TEST_F(kept, one_that_has_all_gone_out_too) {
  serve({{await("firstother"), reset()}, {await("firstother"), say(ok), read_all()}});
  EXPECT_TRUE(is(send_in_two("PUT"), "200"));
  EXPECT_EQ(body_at(1), "firstother");
}

TEST_F(kept, chunks_and_trailers_too) {
  serve({{await("first"), pause(milliseconds(500)), reset()},
         {await("\r\n0\r\n"), await("\r\n\r\n"), say(ok), read_all()}});
  const heard& client = ask(
      {say("PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
           "5\r\nfirst\r\n"),
       pause(seconds(1)), say("5\r\nother\r\n0\r\nX-Sum: 7\r\n\r\n"), read_all()});
  EXPECT_TRUE(is(client, "200")) << client.text;
  EXPECT_EQ(body_at(1), "5\r\nfirst\r\n5\r\nother\r\n0\r\nX-Sum: 7\r\n\r\n");
}

TEST_F(kept, a_post_that_has_begun_to_go_out_is_not_sent_again) {
  break_in_between();
  EXPECT_TRUE(is(send_in_two("POST"), "502"));
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(kept, an_answer_that_is_not_wanted_stops_the_upload_first) {
  serve({{await("first"), say(busy), read_all()}, {await("firstother"), say(ok), read_all()}});
  const heard& client = send_in_two("PUT");
  EXPECT_TRUE(is(client, "200")) << client.text;
  EXPECT_EQ(backend->at(0).text.find("other"), std::string::npos);
  EXPECT_EQ(body_at(1), "firstother");
}

TEST_F(kept, many_pieces_up_to_the_limit) {
  constexpr std::size_t pieces = 64;
  std::string all;
  script client_steps{say(head("PUT", pieces * 1000))};
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::string piece(1000, static_cast<char>('0' + i));
    all += piece;
    client_steps.push_back(say(piece));
    client_steps.push_back(pause(milliseconds(i % 7)));
  }
  client_steps.push_back(read_all());
  serve({{await(all.substr(all.size() - 1500)), reset()},
         {await(all.substr(all.size() - 1500)), say(ok), read_all()}});
  EXPECT_TRUE(is(ask(std::move(client_steps)), "200"));
  EXPECT_EQ(body_at(1), all);
}

TEST_F(kept, beyond_the_limit_a_body_goes_out_once) {
  const std::string all(65 * 1024, 'x');
  serve({await(all.substr(1000)), reset()});
  const heard& client = ask({say(head("PUT", all.size()) + all.substr(0, 30'000)),
                             pause(seconds(1)), say(all.substr(30'000)), read_all()});
  EXPECT_TRUE(is(client, "502")) << client.text;
  EXPECT_EQ(backend->connections(), 1U);
}

TEST_F(kept, a_client_that_fails_is_not_made_up_for) {
  serve({await("first"), read_all()});
  begin({say(head("PUT", 10) + "first"), pause(seconds(1)), reset()});
  gateway.world().run_for(seconds(2));
  EXPECT_EQ(backend->connections(), 1U);
}

struct kept_in_so_many_words : replay {
  kept_in_so_many_words() : replay(", retry: {when: [reset], non_idempotent: true}") {}
};

TEST_F(kept_in_so_many_words, a_post_is_sent_again) {
  break_in_between();
  EXPECT_TRUE(is(send_in_two("POST"), "200"));
  EXPECT_EQ(body_at(1), "firstother");
}

struct kept_by_time : replay {
  kept_by_time() : replay(", retry: {when: [timeout], per_try: 500ms}") {}
};

TEST_F(kept_by_time, a_hung_endpoint_costs_one_try) {
  serve({{await("firstother"), pause(seconds(60))}, {await("firstother"), say(ok), read_all()}});
  const heard& client = send_in_two("PUT");
  EXPECT_TRUE(is(client, "200")) << client.text;
  EXPECT_EQ(client.end - began, milliseconds(1500));
}

struct small : replay {
  small() : replay(", retry: {buffer: 9B}") {}
};

TEST_F(small, what_has_gone_out_is_what_counts) {
  break_in_between();
  EXPECT_TRUE(is(send_in_two("PUT"), "200")) << "five bytes had gone out";
  EXPECT_EQ(body_at(1), "firstother");
}

TEST_F(small, the_file_says_how_much_is_kept) {
  serve({await("firstother"), reset()});
  EXPECT_TRUE(is(send_in_two("PUT"), "502"));
  EXPECT_EQ(backend->connections(), 1U);
}

struct without_retry : replay {
  without_retry() : replay("") {}
};

TEST_F(without_retry, nothing_is_kept) {
  break_in_between();
  EXPECT_TRUE(is(send_in_two("PUT"), "502"));
  EXPECT_EQ(backend->connections(), 1U);
}

// A pooled connection that its peer has just closed costs no failure.
TEST_F(kept, a_stale_connection_is_made_up_for) {
  serve({{await("\r\n\r\n"), say(ok), await("first"), reset()},
         {await("firstother"), say(ok), read_all()}});
  ask({say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), read_all()});
  EXPECT_TRUE(is(send_in_two("PUT"), "200"));
  EXPECT_EQ(body_at(1), "firstother");
}

}  // namespace
}  // namespace ferroway::sim
