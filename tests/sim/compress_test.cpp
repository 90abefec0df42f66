// Answers that are compressed on their way: what arrives when, and whole or visibly not.
#include "base/text.hpp"
#include "middleware/compress/encoder_pool.hpp"
#include "sim/raw_world.hpp"
#include "unit/middleware/compress/decoded.hpp"

namespace ferroway::sim {
namespace {

using http::content_coding;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* yaml = R"(
listen: 10.0.0.1:80
admin: off
upstreams:
  service: {endpoints: [http://10.0.1.1:8000]}
routes:
  - {path: /, to: service, use: [compress]}
)";

const std::string head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string get(content_coding coding) {
  return "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: " +
         std::string(to_string(coding)) + "\r\n\r\n";
}

std::string hex(std::size_t number) {
  std::string made;
  do made.insert(made.begin(), "0123456789abcdef"[number % 16]);
  while ((number /= 16) != 0);
  return made;
}

std::string chunk(std::string_view text) {
  return hex(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

struct seen_body {
  decoded content;
  bool ended = false;  // the last chunk was there, or as many bytes as the answer says
};

// What has arrived of an answer.
seen_body body_of(content_coding coding, std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos) return {};
  constexpr std::string_view length = "\r\nContent-Length: ";
  const std::size_t told = answer.substr(0, end).find(length);
  const std::string wanted(told == std::string_view::npos ? ""
                                                          : answer.substr(told + length.size()));
  answer.remove_prefix(end + 4);
  if (!wanted.empty()) return {decode(coding, answer), answer.size() == std::stoul(wanted)};
  std::string bytes;
  while (true) {
    const std::size_t line = answer.find("\r\n");
    if (line == std::string_view::npos) break;
    std::size_t size = 0;
    for (const char c : answer.substr(0, line))
      size = size * 16 + static_cast<unsigned>(hex_value(c));
    if (size == 0) return {decode(coding, bytes), true};
    bytes += answer.substr(line + 2, size);
    answer.remove_prefix(std::min(answer.size(), line + 2 + size + 2));
  }
  return {decode(coding, bytes), false};
}

class compressed : public raw_world, public testing::WithParamInterface<content_coding> {
 protected:
  compressed() : raw_world(yaml) {}
  ~compressed() override = default;
  void TearDown() override { EXPECT_EQ(encoder_pool::of_this_thread().bytes_lent(), 0U); }
};
INSTANTIATE_TEST_SUITE_P(As, compressed,
                         testing::Values(content_coding::zstd, content_coding::br,
                                         content_coding::gzip),
                         [](const auto& each) { return std::string(to_string(each.param)); });

TEST_P(compressed, ASlowPieceWaitsForNoOther) {
  serve({await("\r\n\r\n"), say(head + chunk("one ")), pause(seconds(1)), say(chunk("two ")),
         pause(seconds(1)), say(chunk("three") + "0\r\n\r\n"), read_all()});
  heard& client = begin({say(get(GetParam())), read_all()});
  for (const char* so_far : {"one ", "one two ", "one two three"}) {
    gateway.world().run_for(so_far == std::string_view("one ") ? milliseconds(500)
                                                               : milliseconds(1000));
    EXPECT_EQ(body_of(GetParam(), client.text).content.text, so_far);
  }
  const seen_body all = body_of(GetParam(), finish(client).text);
  EXPECT_TRUE(all.ended && all.content.whole);
}

TEST_P(compressed, ABodyThatEndsShortStaysVisiblyShort) {
  serve({await("\r\n\r\n"), say(head + chunk("half of it")), end_writing(), read_all()});
  const seen_body got = body_of(GetParam(), ask(get(GetParam())).text);
  EXPECT_EQ(got.content.text, "half of it");
  EXPECT_FALSE(got.ended || got.content.whole);
}

TEST_P(compressed, AClientThatResetsLeavesNothing) {
  serve({await("\r\n\r\n"), say(head + chunk(std::string(100'000, 'x'))), read_all()});
  ask({say(get(GetParam())), await("\r\n\r\n"), reset()});
  EXPECT_TRUE(gateway.world().run_until([&] { return backend->at(0).done; },
                                        gateway.world().now() + seconds(100)));
}

std::string text_of(random_source& random, std::size_t bytes) {
  std::string made;
  while (made.size() < bytes) made += "word" + std::to_string(random.below(3000)) + " ";
  return made;
}

// Whatever the sizes of chunks and the splits on the way, the client gets the text, and where a
// side is torn down it never takes a part for the whole.
class compressed_seeds : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, compressed_seeds, testing::Range<std::uint64_t>(0, 24));

TEST_P(compressed_seeds, BringTheTextOrNoEnd) {
  random_source random(GetParam());
  const bool faults = GetParam() % 3 == 2;
  const auto coding = static_cast<content_coding>(random.below(http::content_codings));
  const std::string text = text_of(random, random.below(400'000));
  std::string sent = head;
  for (std::size_t at = 0; at < text.size();) {
    const std::string piece = text.substr(at, 1 + random.below(random.chance(50) ? 40 : 60'000));
    sent += chunk(piece);
    at += piece.size();
  }
  io::simulated_settings settings{
      .seed = GetParam(), .delay_max = milliseconds(20), .split_percent = 50};
  if (faults) settings.faults = {.reset = 40, .end_early = 40};
  gateway_world gateway(settings, yaml);
  raw_backend backend(gateway.backends(), address_of("10.0.1.1:8000"),
                      {{await("\r\n\r\n"), say(sent + "0\r\n\r\n"), read_all()}});
  heard client;
  {
    io::cancel_scope scope(gateway.clients());
    spawn(run_raw_peer(gateway.clients(), address_of("10.0.0.1:80"), {say(get(coding)), read_all()},
                       client, scope));
    ASSERT_TRUE(gateway.world().run_until([&] { return client.done; },
                                          gateway.world().now() + std::chrono::hours(1)));
  }
  const seen_body got = body_of(coding, client.text);
  if (!faults) {
    EXPECT_TRUE(got.ended && got.content.text == text);
    EXPECT_TRUE(got.content.whole || text.empty());
  } else if (client.text.starts_with("HTTP/1.1 200 ")) {
    EXPECT_TRUE(text.starts_with(got.content.text));
    EXPECT_TRUE(!got.ended || got.content.text == text);
  }
  EXPECT_TRUE(gateway.drain(seconds(30), std::chrono::minutes(5)));
  EXPECT_EQ(gateway.buffers_lent(), 0U);
  EXPECT_EQ(encoder_pool::of_this_thread().bytes_lent(), 0U);
  gateway.close();
  backend.stop();
  EXPECT_TRUE(gateway.world().run_until([&] { return backend.live() == 0; }));
}

}  // namespace
}  // namespace ferroway::sim
