#include "middleware/compress.hpp"

#include <gtest/gtest.h>

#include <array>

#include "telemetry/metrics.hpp"
#include "unit/exchange/rig.hpp"
#include "unit/middleware/compress/decoded.hpp"

namespace ferroway {
namespace {

using http::content_coding;
constexpr std::array all_codings{content_coding::zstd, content_coding::br, content_coding::gzip};
using named_values = std::vector<std::pair<std::string, std::string>>;

// Brings pieces one by one; an end, or a failure in its place.
class pieces final : public http::body_source {
 public:
  task<result<buffer>> read(io::cancel_scope&) override {
    ++reads;
    if (next_ == all.size()) {
      if (fails) co_return fail(fault::end_of_stream, side::upstream, "the body ended short");
      co_return buffer{};
    }
    buffer piece = on->buffers().acquire(all[next_].size());
    piece.append(all[next_++]);
    co_return piece;
  }
  const http::field_list* trailers() const noexcept override { return behind; }

  io::loop* on = nullptr;
  std::vector<std::string> all;
  bool fails = false;
  http::field_list* behind = nullptr;
  int reads = 0;

 private:
  std::size_t next_ = 0;
};

// An upstream's answer.
struct answering final : public handler {
  task<result<response>> handle(exchange& ex) override {
    response made;
    made.head = ex.memory.make<http::response_head>();
    made.head->status = status;
    for (const auto& [name, value] : fields) made.head->fields.add(ex.memory, name, value);
    if (source != nullptr) {
      made.body.rest = source;
      if (!ready.empty()) {
        made.body.ready = ex.worker.loop.buffers().acquire(ready.size());
        made.body.ready.append(ready);
      }
    } else {
      made.body.text = text;
      made.body.length = text.size();
    }
    made.upgraded = upgraded;
    co_return made;
  }
  std::uint16_t status = 200;
  named_values fields = {{"Content-Type", "text/plain"}};
  std::string text;
  pieces* source = nullptr;
  std::string ready;
  tunnel* upgraded = nullptr;
};

class compression : public testing::Test, protected exchange_rig {
 protected:
  compression() {
    source.on = loop.get();
    end->text = long_text();
    // What the upstream holds must live as long as the exchange.
    end->fields = {{"Content-Type", "text/plain"}};
  }
  static std::string long_text(std::size_t lines = 400) {
    std::string made;
    for (std::size_t i = 0; i < lines; ++i) made += "line " + std::to_string(i * i) + "\n";
    return made;
  }
  void streams(std::vector<std::string> all) {
    source.all = std::move(all);
    end->source = &source;
  }
  http::field_list& ask(std::string_view accept = "gzip",
                        const config::compress_middleware& settings = {}) {
    if (!accept.empty()) field("Accept-Encoding", accept);
    ex().decisions = &decisions;
    step = std::make_shared<compress>(settings);
    if (counted != nullptr) step->count_in(*counted);
    const pipeline whole({step}, end);
    reply = finish(whole.run(ex()));
    EXPECT_TRUE(reply);
    return reply->head->fields;
  }
  // What goes to the client; `failed` where it is cut.
  std::string body() {
    http::body& from = reply->body;
    std::string all(from.text.empty() ? from.ready.view() : from.text);
    while (from.rest != nullptr) {
      result<buffer> piece = finish(from.rest->read(ex().download_scope));
      failed = !piece;
      if (failed || piece->empty()) break;
      all += piece->view();
      written.push_back(std::string(piece->view()));
    }
    return all;
  }
  void expect_untouched(std::string_view why) {
    EXPECT_EQ(decisions.back().verdict, "passed");
    EXPECT_EQ(decisions.back().reason, why);
    EXPECT_EQ(all_of(reply->head->fields, "Content-Encoding").find("gzip"), std::string::npos);
    EXPECT_TRUE(body() == end->text);
  }
  std::string vary() const { return all_of(reply->head->fields, "Vary"); }
  ~compression() override {
    ex().run_end_actions();
    EXPECT_EQ(encoder_pool::of_this_thread().bytes_lent(), 0U);
  }

  std::vector<decision> decisions;
  std::shared_ptr<answering> end = std::make_shared<answering>();
  std::shared_ptr<compress> step;
  pieces source;
  telemetry::metrics* counted = nullptr;
  result<response> reply;
  bool failed = false;
  std::vector<std::string> written;
};

TEST_F(compression, a_complete_body_is_compressed_at_once_and_tells_its_length) {
  end->fields = {{"Content-Type", "application/json; charset=utf-8"},
                 {"Content-Length", "6000"},
                 {"Accept-Ranges", "bytes"},
                 {"ETag", "\"abc\""},
                 {"Content-MD5", "x"},
                 {"Repr-Digest", "x"},
                 {"Vary", "Origin"}};
  const http::field_list& said = ask("gzip;q=0.5, br");
  EXPECT_EQ(all_of(said, "Content-Encoding"), "br");
  EXPECT_EQ(all_of(said, "ETag"), "W/\"abc\"");
  EXPECT_EQ(vary(), "Origin, Accept-Encoding");
  for (const char* gone : {"Content-Length", "Accept-Ranges", "Content-MD5", "Repr-Digest"}) {
    EXPECT_EQ(said.find(gone), nullptr) << gone;
  }
  EXPECT_EQ(reply->body.rest, nullptr);
  const std::string sent = body();
  EXPECT_EQ(reply->body.length, sent.size());
  EXPECT_LT(sent.size(), end->text.size() / 2);
  const decoded got = decode_brotli(sent);
  EXPECT_TRUE(got.whole && got.text == end->text);
  EXPECT_EQ(decisions.back().verdict, "compressed");
  EXPECT_EQ(decisions.back().reason, "br");
}

TEST_F(compression, long_bodies_stream) {
  const std::string text = long_text(100'000);
  streams({text.substr(0, 200'000), text.substr(200'000, 1), text.substr(200'001)});
  end->ready = "ready ";
  ask("zstd");
  EXPECT_EQ(reply->body.length, std::nullopt);
  EXPECT_EQ(source.reads, 0) << "pulled before anybody asked";
  EXPECT_EQ(decode_zstd(reply->body.ready.view()).text, "ready ");
  const decoded got = decode_zstd(body());
  EXPECT_TRUE(got.whole && !got.wrong && got.text == "ready " + text);
}

TEST_F(compression, a_long_text_of_our_own_streams_too) {
  end->text = long_text(200'000);
  ask("gzip");
  ASSERT_NE(reply->body.rest, nullptr);
  const decoded got = decode_gzip(body());
  EXPECT_TRUE(got.whole && !got.wrong && got.text == end->text);
}

TEST_F(compression, each_piece_goes_out_before_the_next_is_pulled) {
  streams({"one ", "two ", "three"});
  for (const char* accept : {"gzip", "br", "zstd"}) {
    renew();
    pieces fresh;
    fresh.on = loop.get();
    fresh.all = source.all;
    end->source = &fresh;
    ask(accept);
    std::string all;
    std::string text;
    const auto coding = *http::choose_coding(ex().request.fields, all_codings).coding;
    for (const std::string& piece : fresh.all) {
      result<buffer> got = finish(reply->body.rest->read(ex().download_scope));
      ASSERT_TRUE(got);
      all += got->view();
      text += piece;
      const decoded so_far = decode(coding, all);
      EXPECT_EQ(so_far.text, text) << accept;
      EXPECT_FALSE(so_far.whole);
    }
    all += body();
    EXPECT_TRUE(decode(coding, all).whole) << accept;
    ex().run_end_actions();
  }
  renew();
}

TEST_F(compression, a_body_that_ends_short_has_no_end) {
  for (const char* accept : {"gzip", "br", "zstd"}) {
    renew();
    pieces fresh;
    fresh.on = loop.get();
    fresh.all = {long_text()};
    fresh.fails = true;
    end->source = &fresh;
    ask(accept);
    const std::string sent = body();
    EXPECT_TRUE(failed) << accept;
    const auto coding = *http::choose_coding(ex().request.fields, all_codings).coding;
    const decoded got = decode(coding, sent);
    EXPECT_TRUE(got.text == long_text()) << accept << ' ' << got.text.size() << ' ' << sent.size();
    EXPECT_FALSE(got.whole) << accept;
    EXPECT_EQ(encoder_pool::of_this_thread().bytes_lent(), 0U) << "given back at once";
    ex().run_end_actions();
  }
  renew();
}

TEST_F(compression, an_exchange_that_ends_early_gives_everything_back) {
  streams({std::string(200'000, 'x'), long_text(20'000)});
  end->ready = long_text();
  const std::size_t before = loop->buffers().bytes_lent();
  ask();
  ASSERT_TRUE(finish(reply->body.rest->read(ex().download_scope)));
  EXPECT_GT(encoder_pool::of_this_thread().bytes_lent(), 0U);
  ex().run_end_actions();
  reply = response{};
  EXPECT_EQ(encoder_pool::of_this_thread().bytes_lent(), 0U);
  EXPECT_EQ(loop->buffers().bytes_lent(), before);
  renew();
}

TEST_F(compression, trailers_pass_but_for_digests_of_other_bytes) {
  streams({long_text()});
  http::field_list behind;
  behind.add(ex().memory, "X-Checked", "yes");
  behind.add(ex().memory, "content-digest", "sha-256=:x:");
  source.behind = &behind;
  ask();
  body();
  const http::field_list* trailers = reply->body.rest->trailers();
  ASSERT_NE(trailers, nullptr);
  EXPECT_EQ(all_of(*trailers, "X-Checked"), "yes");
  EXPECT_EQ(trailers->find("Content-Digest"), nullptr);
}

TEST_F(compression, what_no_client_would_get_compressed_does_not_vary) {
  const std::vector<std::tuple<std::uint16_t, named_values, std::string, std::string>> all{
      {200, {{"Content-Encoding", "br"}}, "", "already encoded"},
      {200, {{"Content-Encoding", "identity"}, {"Content-Encoding", "br"}}, "", "already encoded"},
      {200, {{"Cache-Control", "public, No-Transform"}}, "", "Cache-Control: no-transform"},
      {206, {}, "", "there is no body, or not all of it"},
      {416, {{"Content-Range", "bytes */7"}}, "", "there is no body, or not all of it"},
      {204, {}, "", "there is no body, or not all of it"},
      {200, {}, "short", "shorter than `min_bytes`"},
      {200, {{"Content-Type", "image/png"}}, "", "its type is not listed"},
      {200, {{"Content-Type", "text/event-stream"}}, "", "its type is not listed"},
      {200, {{"Content-Type", ""}}, "", "its type is not listed"},
  };
  for (const auto& [status, fields, text, why] : all) {
    renew();
    end->status = status;
    end->fields = fields;
    if (fields.empty() || fields[0].first != "Content-Type") {
      end->fields.emplace_back("Content-Type", "text/plain");
    }
    end->text = text.empty() ? long_text() : text;
    ask();
    expect_untouched(why);
    EXPECT_EQ(vary(), "") << why;
  }
  renew();
  end->status = 200;
  end->fields.clear();
  ask();
  expect_untouched("it has no Content-Type");
}

TEST_F(compression, what_others_would_get_compressed_varies) {
  for (const auto& [accept, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "the client says nothing of encodings"},
           {"deflate", "the client accepts none of these encodings"},
           {"gzip;q=7", "Accept-Encoding is malformed"}}) {
    renew();
    ask(accept);
    expect_untouched(why);
    EXPECT_EQ(vary(), "Accept-Encoding");
  }
  renew();
  field("Cache-Control", "no-transform");
  ask();
  expect_untouched("the client asked for no-transform");
  EXPECT_EQ(vary(), "Accept-Encoding");
}

TEST_F(compression, an_upgrade_is_left_alone) {
  tunnel through;
  end->status = 101;
  end->upgraded = &through;
  ask();
  EXPECT_EQ(decisions.back().verdict, "passed");
  EXPECT_EQ(vary(), "");
}

TEST_F(compression, what_does_not_get_smaller_stays) {
  random_source random(1);
  std::string noise(2000, '\0');
  for (char& c : noise) c = static_cast<char>(random.below(256));
  end->text = noise;
  ask();
  expect_untouched("it would not get smaller");
  EXPECT_EQ(vary(), "Accept-Encoding");
}

TEST_F(compression, identity_is_no_encoding) {
  end->fields.emplace_back("Content-Encoding", "Identity");
  EXPECT_EQ(all_of(ask(), "Content-Encoding"), "gzip");
}

TEST_F(compression, event_streams_are_compressed_where_they_are_asked_for_by_name) {
  end->fields = {{"Content-Type", "text/event-stream"}};
  streams({"data: 1\n\n"});
  EXPECT_EQ(all_of(ask("gzip", {.types = {"text/event-stream"}}), "Content-Encoding"), "gzip");
}

TEST_F(compression, an_answer_to_head_says_what_a_get_would) {
  ex().request.verb = http::method::head;
  end->fields = {{"Content-Type", "text/plain"}, {"Content-Length", "5000"}, {"ETag", "\"a\""}};
  end->text.clear();
  const http::field_list& said = ask();
  EXPECT_EQ(all_of(said, "Content-Encoding"), "gzip");
  EXPECT_EQ(all_of(said, "ETag"), "W/\"a\"");
  EXPECT_EQ(all_of(said, "Content-Length"), "") << "nobody knows how long a GET's would be";
  renew();
  ex().request.verb = http::method::head;
  end->fields[1].second = "20";
  EXPECT_EQ(all_of(ask(), "Content-Length"), "20") << "a GET's would be as short";
  EXPECT_EQ(vary(), "");
}

TEST_F(compression, a_304_bears_the_etag_that_the_client_was_given) {
  end->status = 304;
  end->fields = {{"ETag", "\"a\""}, {"Vary", "Origin"}, {"Content-Length", "5000"}};
  field("If-None-Match", "\"b\", W/\"a\"");
  EXPECT_EQ(all_of(ask(), "ETag"), "W/\"a\"");
  EXPECT_EQ(vary(), "Origin, Accept-Encoding");
  EXPECT_EQ(all_of(reply->head->fields, "Content-Length"), "") << "not of what was sent";
  renew();
  field("If-None-Match", "\"a\"");
  EXPECT_EQ(all_of(ask(), "ETag"), "\"a\"");
}

TEST_F(compression, the_wish_is_read_before_the_request_is_edited) {
  struct stripping final : middleware {
    std::string_view kind() const noexcept override { return "stripping"; }
    task<result<response>> handle(exchange& ex, next_handler next) override {
      ex.request.fields.remove("Accept-Encoding");
      return next(ex);
    }
  };
  field("Accept-Encoding", "gzip");
  step = std::make_shared<compress>(config::compress_middleware{});
  const pipeline whole({step, std::make_shared<stripping>()}, end);
  reply = finish(whole.run(ex()));
  EXPECT_EQ(all_of(reply->head->fields, "Content-Encoding"), "gzip");
}

TEST_F(compression, beyond_the_bound_answers_go_out_as_they_are) {
  telemetry::metrics all(1);
  counted = &all;
  std::vector<encoder_loan> others;
  while (true) {
    others.push_back(encoder_pool::of_this_thread().take(content_coding::gzip,
                                                         config::compression_level::usual));
    if (!others.back()) break;
  }
  ask();
  expect_untouched("too many answers are being compressed");
  EXPECT_EQ(vary(), "Accept-Encoding");
  EXPECT_EQ(all.middleware("compress")->totals().crowded, 1U);
  others.clear();
}

TEST_F(compression, failures_pass) {
  step = std::make_shared<compress>(config::compress_middleware{});
  EXPECT_FALSE(run({step}, failure{fault::refused, side::upstream, false, ""}));
}

}  // namespace
}  // namespace ferroway
