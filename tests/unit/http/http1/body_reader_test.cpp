#include "http/http1/body_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/spawn.hpp"
#include "io/simulated_world.hpp"

namespace ferroway::http1 {
namespace {

using http::framing;
using std::chrono::seconds;

constexpr head_limits trailer_limits{1024, 10, 0};

// A reader whose peer sends what a test says, when it says.
class bodies : public testing::Test {
 protected:
  bodies() : scope(*loop), listener(std::move(*loop->listen(where, {}))) {
    spawn(connect());
    world.run_until([&] { return ours != nullptr && theirs != nullptr; });
    reader.emplace(*loop, *ours, input, side::client);
  }
  ~bodies() override { input.release(); }

  void begin(framing::kind is, std::uint64_t length = 0,
             std::optional<std::uint64_t> bytes_max = std::nullopt) {
    reader->begin({is, length}, {seconds(30), bytes_max, trailer_limits}, memory);
  }
  // What has come with the head.
  void arrived(std::string_view bytes) {
    if (bytes.empty()) return;
    input = loop->buffers().acquire();
    input.append(bytes);
  }

  struct whole {
    std::string data;
    std::optional<failure> why;
    bool ended = false;
  };
  // Takes what is ready, then reads to the end; the peer sends `pieces` one by one, and then ends.
  whole read_all(std::vector<std::string> pieces = {}, bool then_end = false) {
    whole read;
    spawn(drain(read));
    bool fed = false;
    spawn(feed(std::move(pieces), then_end, fed));
    world.run_until([&] { return fed && (read.ended || read.why); },
                    world.now() + std::chrono::minutes(5));
    return read;
  }
  std::string trailer(std::string_view name) {
    const http::field* found =
        reader->trailers() == nullptr ? nullptr : reader->trailers()->find(name);
    return found == nullptr ? "(none)" : std::string(found->value());
  }

  const io::address where = *io::address::parse("10.0.0.1:80");
  io::simulated_world world;
  std::unique_ptr<io::loop> loop = world.make_loop();
  io::cancel_scope scope;
  std::unique_ptr<io::listener> listener;
  std::unique_ptr<io::stream> ours;
  std::unique_ptr<io::stream> theirs;
  arena memory;
  buffer input;
  std::optional<body_reader> reader;

 private:
  task<> connect() {
    result<std::unique_ptr<io::stream>> made = co_await loop->connect(where, scope);
    theirs = std::move(*made);
    result<std::unique_ptr<io::stream>> accepted = co_await listener->accept(scope);
    ours = std::move(*accepted);
  }

  task<> drain(whole& into) {
    result<buffer> ready = reader->take_ready();
    if (!ready) {
      into.why = ready.error();
      co_return;
    }
    into.data += ready->view();
    ready->release();
    io::cancel_scope reading(scope);
    while (true) {
      result<buffer> piece = co_await reader->read(reading);
      if (!piece) {
        into.why = piece.error();
        co_return;
      }
      if (piece->empty()) break;
      into.data += piece->view();
    }
    into.ended = true;
  }

  task<> feed(std::vector<std::string> pieces, bool then_end, bool& done) {
    io::cancel_scope sending(scope);
    co_await send_all(pieces, sending);
    if (then_end) theirs->shutdown_write();
    done = true;
  }

  task<> send_all(const std::vector<std::string>& pieces, io::cancel_scope& sending) {
    if (theirs == nullptr) co_return;
    for (const std::string& piece : pieces) {
      buffer bytes = loop->buffers().acquire(piece.size());
      bytes.append(piece);
      const result<void> sent = co_await theirs->send(io::gather(std::move(bytes)), sending);
      if (!sent) co_return;
      const result<void> slept = co_await loop->sleep_for(std::chrono::milliseconds(1), sending);
      if (!slept) co_return;
    }
  }
};

// One byte, or a few, at a time.
std::vector<std::string> cut(std::string_view bytes, std::size_t piece) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    pieces.emplace_back(bytes.substr(at, piece));
  }
  return pieces;
}

TEST_F(bodies, OfALengthEndThereAndTheRestIsNotTouched) {
  const std::string bytes = "hello world";
  for (std::size_t with_head = 0; with_head <= bytes.size(); ++with_head) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{4}, bytes.size() + 1}) {
      begin(framing::kind::length, bytes.size());
      const bool all = with_head == bytes.size();
      arrived(bytes.substr(0, with_head) + (all ? "NEXT" : ""));
      const whole read = read_all(cut(bytes.substr(with_head), piece));
      ASSERT_TRUE(read.ended);
      EXPECT_EQ(read.data, bytes);
      EXPECT_TRUE(reader->done());
      EXPECT_EQ(reader->bytes_read(), bytes.size());
      EXPECT_EQ(reader->bytes_left(), 0U);
      EXPECT_EQ(input.view(), all ? "NEXT" : "");
      input.release();
    }
  }
}

TEST_F(bodies, APipelinedRequestBehindThemStaysWhereItIs) {
  begin(framing::kind::length, 5);
  const whole read = read_all({"helloGET / HTTP/1.1\r\n"});
  EXPECT_EQ(read.data, "hello");
  EXPECT_EQ(input.view(), "GET / HTTP/1.1\r\n");
}

TEST_F(bodies, WithoutABodyNothingIsTaken) {
  begin(framing::kind::none);
  arrived("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(reader->done());
  EXPECT_TRUE(reader->take_ready()->empty());
  EXPECT_EQ(input.view(), "GET / HTTP/1.1\r\n");
  begin(framing::kind::length, 0);
  EXPECT_TRUE(reader->done());
}

TEST_F(bodies, ChunksComeOutBareInAnySplit) {
  const std::string bytes = "3;ext=\"x\"\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    begin(framing::kind::chunked);
    const whole read = read_all(cut(bytes, piece));
    ASSERT_TRUE(read.ended) << "pieces of " << piece;
    EXPECT_EQ(read.data, "abc0123456789");
    EXPECT_EQ(reader->bytes_read(), 13U);
    EXPECT_EQ(reader->trailers(), nullptr);
    EXPECT_TRUE(input.empty());
  }
}

TEST_F(bodies, ChunksWithTrailersInAnySplit) {
  const std::string bytes = "3\r\nabc\r\n0\r\nX-Sum: 7\r\nContent-Length: 9\r\nHost: evil\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    begin(framing::kind::chunked);
    const bool all = piece == bytes.size();
    arrived(bytes.substr(0, piece) + (all ? "NEXT" : ""));
    const whole read = read_all(cut(bytes.substr(piece), piece));
    ASSERT_TRUE(read.ended) << "pieces of " << piece;
    EXPECT_EQ(read.data, "abc");
    EXPECT_EQ(trailer("X-Sum"), "7");
    EXPECT_EQ(trailer("Content-Length"), "(none)");
    EXPECT_EQ(trailer("Host"), "(none)");
    EXPECT_EQ(input.view(), all ? "NEXT" : "");
  }
}

TEST_F(bodies, ANextMessageKnowsNothingOfTheLastOnesTrailers) {
  begin(framing::kind::chunked);
  (void)read_all({"0\r\nX-Sum: 7\r\n\r\n"});
  EXPECT_EQ(trailer("X-Sum"), "7");
  begin(framing::kind::chunked);
  EXPECT_TRUE(read_all({"1\r\na\r\n0\r\n\r\n"}).ended);
  EXPECT_EQ(reader->trailers(), nullptr);
}

TEST_F(bodies, WhatFollowsChunksStaysWhereItIs) {
  begin(framing::kind::chunked);
  arrived("3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
  EXPECT_EQ(reader->take_ready()->view(), "abc");
  EXPECT_TRUE(reader->done());
  EXPECT_EQ(input.view(), "GET / HTTP/1.1\r\n");
}

TEST_F(bodies, UntilCloseIsAllThatComes) {
  begin(framing::kind::until_close);
  arrived("all ");
  const whole read = read_all({"of ", "it"}, true);
  EXPECT_TRUE(read.ended);
  EXPECT_EQ(read.data, "all of it");
  EXPECT_EQ(reader->bytes_left(), 0U);
}

TEST_F(bodies, AShortOneIsAFailureAndNeverAnEnd) {
  begin(framing::kind::length, 10);
  EXPECT_EQ(reader->bytes_left(), 10U);
  const whole read = read_all({"half"}, true);
  ASSERT_TRUE(read.why);
  EXPECT_EQ(read.why->kind, fault::end_of_stream);
  EXPECT_EQ(read.why->from, side::client);
  EXPECT_EQ(reader->bytes_left(), 6U);
  EXPECT_FALSE(reader->done());
}

class cut_bodies : public bodies, public testing::WithParamInterface<const char*> {};

TEST_P(cut_bodies, ChunksWithoutTheirLastAreShort) {
  begin(framing::kind::chunked);
  arrived(GetParam());
  const whole read = read_all({}, true);
  ASSERT_TRUE(read.why);
  EXPECT_EQ(read.why->kind, fault::end_of_stream);
}
INSTANTIATE_TEST_SUITE_P(At, cut_bodies,
                         testing::Values("", "5", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n",
                                         "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\n\r",
                                         "0\r\nX-Sum: 7\r\n"));

TEST_F(bodies, MalformedChunksAndTrailersAreTheSendersFault) {
  for (const char* bytes :
       {"zz\r\n", "3\r\nabcd\r\n", "3\nabc\r\n", "0\r\n\rX", "0\r\nno colon\r\n\r\n", "-1\r\n",
        "0\r\nX : 1\r\n\r\n", "ffffffffffffffffff\r\n"}) {
    begin(framing::kind::chunked);
    arrived(bytes);
    const whole read = read_all();
    ASSERT_TRUE(read.why) << bytes;
    EXPECT_EQ(read.why->kind, fault::malformed) << bytes;
    EXPECT_EQ(read.why->from, side::client);
    input.release();
  }
}

TEST_F(bodies, TrailersAreBounded) {
  begin(framing::kind::chunked);
  arrived("0\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
  const whole large = read_all();
  ASSERT_TRUE(large.why);
  EXPECT_EQ(large.why->kind, fault::head_too_large);
  input.release();
  std::string many = "0\r\n";
  for (int i = 0; i < 11; ++i) many += "X-A: 1\r\n";
  begin(framing::kind::chunked);
  arrived(many + "\r\n");
  EXPECT_EQ(read_all().why.value().kind, fault::head_too_large);
}

TEST_F(bodies, ALimitHoldsForWhatIsDecoded) {
  begin(framing::kind::chunked, 0, 5);
  EXPECT_TRUE(read_all({"5\r\nhello\r\n0\r\n\r\n"}).ended) << "exactly the limit";
  begin(framing::kind::chunked, 0, 5);
  const whole over = read_all({"3\r\nabc\r\n", "3\r\ndef\r\n"});
  ASSERT_TRUE(over.why);
  EXPECT_EQ(over.why->kind, fault::body_too_large);
}

TEST_F(bodies, ASilentSenderTimesOutAndEachByteGrantsItsTimeAgain) {
  begin(framing::kind::length, 4);
  const time_point began = world.now();
  const whole read = read_all({"a", "b"});
  ASSERT_TRUE(read.why);
  EXPECT_EQ(read.why->kind, fault::timed_out);
  EXPECT_EQ(read.why->from, side::client);
  EXPECT_GE(world.now() - began, seconds(30));
  EXPECT_LE(world.now() - began, seconds(31));
}

TEST_F(bodies, AResetIsTheSendersFault) {
  begin(framing::kind::length, 4);
  theirs->reset_on_close();
  theirs.reset();
  const whole read = read_all();
  ASSERT_TRUE(read.why);
  EXPECT_EQ(read.why->kind, fault::reset);
  EXPECT_EQ(read.why->from, side::client);
}

TEST_F(bodies, LongOnesComeInLargeBuffers) {
  const std::string bytes(300000, 'x');
  begin(framing::kind::length, bytes.size());
  const whole read = read_all(cut(bytes, 60000));
  EXPECT_EQ(read.data.size(), bytes.size());
  EXPECT_TRUE(reader->done());
}

}  // namespace
}  // namespace ferroway::http1
