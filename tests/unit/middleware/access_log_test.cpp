#include "middleware/access_log.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "config/variables.hpp"
#include "unit/exchange/rig.hpp"

namespace ferroway {
namespace {

class access_logs : public testing::Test, protected exchange_rig {
 protected:
  access_logs() : file_(::memfd_create("log", MFD_CLOEXEC)) {
    sink_ = std::make_shared<telemetry::log_sink>(file_);
    ex().listener = "public";
    ex().request.authority = "api.example.com";
    ex().request.target = "/orders?a=1";
    ex().set_request_id("id-1");
  }
  ~access_logs() override {
    (void)sink_->close(std::chrono::seconds(2));
    ::close(file_);
  }

  void pass(std::optional<failure> why = std::nullopt) {
    pass(config::access_log_middleware{}, why);
  }
  void pass(const config::access_log_middleware& by, std::optional<failure> why = std::nullopt) {
    (void)run({std::make_shared<access_log>(sink_, by)}, why);
  }
  // A whole exchange with that answer.
  void exchange_with(std::uint16_t status, const config::access_log_middleware& by) {
    pass(by);
    ex().status = status;
    ex().run_end_actions();
    again();
  }
  void again() {
    renew();
    from("192.0.2.7:40000");
    ex().matched = &matched;
    ex().request.method_text = "GET";
    ex().request.authority = "api.example.com";
    ex().request.target = "/orders?a=1";
  }
  void wait_for(duration length) { (void)finish(sleep(*loop, connection, length)); }
  std::string written() {
    EXPECT_TRUE(sink_->flush(std::chrono::seconds(20)));
    std::string text(64 * 1024, '\0');
    const ssize_t bytes = ::pread(file_, text.data(), text.size(), 0);
    text.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
    return text;
  }

 private:
  static task<bool> sleep(io::loop& on, io::cancel_scope& scope, duration length) {
    const result<void> slept = co_await on.sleep_for(length, scope);
    co_return slept.has_value();
  }
  int file_;
  std::shared_ptr<telemetry::log_sink> sink_;
};

TEST_F(access_logs, OneLineForEachExchangeWhenItHasEnded) {
  pass();
  EXPECT_EQ(written(), "") << "the last byte is not out yet";
  ex().status = 200;
  ex().bytes_received = 12;
  ex().bytes_sent = 345;
  ex().upstream = "orders";
  ex().endpoint = "10.0.1.1:8000";
  wait_for(std::chrono::milliseconds(2));
  ex().run_end_actions();
  EXPECT_EQ(written(),
            R"({"time":"2026-01-01T00:00:00.000Z","request_id":"id-1","client":"192.0.2.7",)"
            R"("listener":"public","method":"GET","host":"api.example.com",)"
            R"("target":"/orders?a=1","route":"orders","status":200,"bytes_received":12,)"
            R"("bytes_sent":345,"duration_ms":)" +
                std::string("2.000") + R"(,"upstream":"orders","endpoint":"10.0.1.1:8000"})" +
                "\n");
}

TEST_F(access_logs, SaysWhatFailedAndOnWhichSide) {
  pass();
  ex().status = 502;
  ex().note_failure({fault::reset, side::upstream, false, "closed in mid-head"});
  ex().run_end_actions();
  EXPECT_NE(written().find(R"("failure":"reset","failed_side":"upstream",)"
                           R"("failure_detail":"closed in mid-head"})"),
            std::string::npos)
      << written();
}

TEST_F(access_logs, HostileBytesCannotForgeALine) {
  ex().request.method_text = "G\"E\\T";
  ex().request.authority = "a\r\nb";
  ex().request.target = std::string_view("/\"},\n{\"status\":200\x1b[31m\xff", 23);
  pass();
  ex().run_end_actions();
  const std::string line = written();
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
  EXPECT_EQ(line.back(), '\n');
  EXPECT_NE(line.find(R"("method":"G\"E\\T","host":"a\r\nb",)"
                      R"("target":"/\"},\n{\"status\":200\u001b[31m)"),
            std::string::npos)
      << line;
}

config::access_log_middleware combined() {
  config::access_log_middleware by;
  by.format = config::log_format::combined;
  return by;
}

config::access_log_middleware of_template(config::template_text line) {
  config::access_log_middleware by;
  by.format = config::log_format::as_template;
  by.line = std::move(line);
  return by;
}

TEST_F(access_logs, CombinedIsWhatApacheWrites) {
  field("Referer", "http://a.test/\"x\"");
  field("User-Agent", "curl/7.88");
  pass(combined());
  ex().status = 200;
  ex().bytes_sent = 345;
  ex().run_end_actions();
  EXPECT_EQ(written(),
            R"(192.0.2.7 - - [01/Jan/2026:00:00:00 +0000] "GET /orders?a=1 HTTP/1.1" 200 345 )"
            R"("http://a.test/\"x\"" "curl/7.88")"
            "\n");
}

TEST_F(access_logs, CombinedHasADashForWhatIsNotThere) {
  from("unix:/run/f.sock");
  ex().request.method_text = {};
  pass(combined());
  ex().run_end_actions();
  EXPECT_EQ(written(), R"(- - - [01/Jan/2026:00:00:00 +0000] "-" - - "-" "-")"
                       "\n");
}

// What stands behind the log in the pipeline edits what goes to the upstream.
TEST_F(access_logs, ShowFieldsAsTheClientSentThem) {
  field("User-Agent", "curl/7.88");
  pass(combined());
  ex().request.fields.remove("user-agent");
  ex().run_end_actions();
  EXPECT_NE(written().find("\"curl/7.88\""), std::string::npos) << written();
}

TEST_F(access_logs, ATemplateIsFilledIn) {
  field("X-A", "a \"quoted\" \x1b value");
  field("Cookie", "other=1; session=s7");
  ex().captures = {};
  pass(of_template({{false, "{\"a\":\""},
                    {true, "header.X-A"},
                    {false, "\"} "},
                    {true, "cookie.session"},
                    {false, " "},
                    {true, "header.X-None"},
                    {false, " "},
                    {true, "response.status"},
                    {false, "/"},
                    {true, "route.name"},
                    {false, " "},
                    {true, "exchange.duration_ms"},
                    {false, " "},
                    {true, "failure.kind"}}));
  ex().request.fields.remove("x-a");
  wait_for(std::chrono::milliseconds(2));
  ex().status = 502;
  ex().note_failure({fault::reset, side::upstream, false, "closed"});
  ex().run_end_actions();
  EXPECT_EQ(written(), "{\"a\":\"a \\\"quoted\\\" \\u001b value\"} s7 - 502/orders 2.000 reset\n");
}

TEST_F(access_logs, EveryVariableOfLogsIsKnown) {
  config::template_text line;
  for (const std::string_view name : config::log_variables()) {
    line.push_back({false, " "});
    line.push_back({true, std::string(name)});
  }
  ex().request.method_text = "PUT";
  ex().listener = "public";
  ex().upstream = "service";
  ex().endpoint = "10.0.0.1:80";
  ex().rejected_by = "limit";
  ex().would_reject = "filter";
  ex().bytes_received = 12;
  ex().bytes_sent = 345;
  pass(of_template(line));
  ex().status = 429;
  ex().note_failure({fault::reset, side::client, false, "a-detail"});
  ex().run_end_actions();
  EXPECT_EQ(written(),
            " PUT /orders?a=1 api.example.com HTTP/1.1 12 2026-01-01T00:00:00.000Z 429 345 0.000 "
            "public service 10.0.0.1:80 reset client a-detail limit filter\n");
}

TEST_F(access_logs, ALongValueLeavesRoomForAllOfTheTemplate) {
  const std::string target = "/" + std::string(8000, '"');
  ex().request.target = target;
  config::template_text line;
  for (int i = 0; i < 31; ++i) {
    line.push_back({false, std::string(33, '.')});
    line.push_back({true, "request.target"});
  }
  line.push_back({true, "response.status"});
  line.push_back({false, " \"the end\""});
  pass(of_template(line));
  ex().status = 200;
  ex().run_end_actions();
  EXPECT_LE(written().size(), 4097U);
  EXPECT_TRUE(written().ends_with("...200 \"the end\"\n")) << written();
}

TEST_F(access_logs, OnlyErrorsAreThoseOfStatusOrFailure) {
  config::access_log_middleware by = combined();
  by.only_errors = true;
  for (const std::uint16_t status : {101, 200, 302, 399}) exchange_with(status, by);
  EXPECT_EQ(written(), "");
  exchange_with(400, by);
  exchange_with(503, by);
  EXPECT_EQ(std::ranges::count(written(), '\n'), 2);
  ex().note_failure({fault::reset, side::client, false, ""});
  exchange_with(200, by);
  ex().would_reject = "limit";  // in shadow mode
  exchange_with(200, by);
  exchange_with(0, by);  // no answer at all
  EXPECT_EQ(std::ranges::count(written(), '\n'), 5);
}

TEST_F(access_logs, ASampleHasItsShareOfTheOthersAndAllErrors) {
  config::access_log_middleware by = of_template({{true, "response.status"}});
  by.sample = 10'000;  // 10%
  for (int i = 0; i < 5000; ++i) exchange_with(i % 10 == 0 ? 404 : 200, by);
  const std::string text = written();
  std::size_t errors = 0, others = 0;
  for (std::size_t at = 0; at < text.size(); at += 4) ++(text[at] == '4' ? errors : others);
  EXPECT_EQ(errors, 500U);
  EXPECT_GT(others, 350U);  // 450, and the seed is given
  EXPECT_LT(others, 550U);
}

TEST_F(access_logs, ARehearsalWritesNothing) {
  struct nobody final : stand_in {
    result<response> answer(exchange&) override { return response{}; }
    result<response> ask(exchange&, std::string_view) override { return response{}; }
  } ends;
  std::vector<decision> decisions;
  ex().rehearsed_by = &ends;
  ex().decisions = &decisions;
  pass(combined());
  ex().status = 200;
  ex().run_end_actions();
  EXPECT_EQ(written(), "");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].verdict, "logged");
  EXPECT_EQ(decisions[0].reason, "combined to stdout");
}

// A field in quotes, without a look at what it means; true where one stands at the front.
bool take_quoted(std::string_view& text) {
  if (!text.starts_with('"')) return false;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return true;
    }
  }
  return false;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_combined(std::string_view line) {
  return take(line, "192.0.2.7 - - [01/Jan/2026:00:00:00 +0000] ") && take_quoted(line) &&
         take(line, " 200 345 ") && take_quoted(line) && take(line, " ") && take_quoted(line) &&
         line.empty();
}

class hostile_logs : public access_logs {
 protected:
  // Often what means something to one of the formats.
  std::string_view random_bytes() {
    constexpr std::string_view marks = "\"\\\n\r\t\x1b\x7f\x85{}[],:$%' \xc2\xe2\x80\xa8\xff";
    const std::size_t length = random_.chance(10) ? random_.below(6000) : random_.below(60);
    char* to = ex().memory.allocate_text(length);
    for (std::size_t i = 0; i < length; ++i) {
      to[i] = random_.chance(50) ? marks[random_.below(marks.size())]
                                 : static_cast<char>(random_.below(256));
    }
    return {to, length};
  }
  std::string line_by(const config::access_log_middleware& by) {
    again();
    ex().set_request_id("id-1");
    ex().request.method_text = random_bytes();
    ex().request.authority = random_bytes();
    ex().request.target = random_bytes();
    ex().request.query = random_bytes();
    field("Referer", random_bytes());
    field("User-Agent", random_bytes());
    field("Cookie", random_bytes());
    const auto line = make_access_log_line(by);
    const auto kept = line->keep(ex());
    ex().status = 200;
    ex().bytes_sent = 345;
    std::array<char, access_log_line_bytes_max> room;
    return std::string(line->write(ex(), kept, room));
  }
  static bool has_control(std::string_view line) {
    return std::ranges::any_of(
        line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  }

 private:
  random_source random_{7};
};

constexpr int hostile_rounds = 3000;

TEST_F(hostile_logs, OfJsonStayObjectsOfOneLine) {
  for (int i = 0; i < hostile_rounds; ++i) {
    const std::string line = line_by({});
    ASSERT_FALSE(has_control(line)) << line;
    ASSERT_TRUE(nlohmann::json::accept(line)) << line;
  }
}

TEST_F(hostile_logs, OfTheCombinedFormatKeepTheirFields) {
  for (int i = 0; i < hostile_rounds; ++i) {
    const std::string line = line_by(combined());
    ASSERT_FALSE(has_control(line)) << line;
    ASSERT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c < 0x7f; })) << line;
    ASSERT_TRUE(is_combined(line)) << line;
  }
}

TEST_F(hostile_logs, OfATemplateStayWithinTheirQuotes) {
  const auto by = of_template({{false, "{\"agent\":\""},
                               {true, "header.User-Agent"},
                               {false, "\",\"target\":\""},
                               {true, "request.target"},
                               {false, "\",\"x\":\""},
                               {true, "query.a"},
                               {true, "cookie.a"},
                               {false, "\",\"status\":"},
                               {true, "response.status"},
                               {false, "}"}});
  for (int i = 0; i < hostile_rounds; ++i) {
    const std::string line = line_by(by);
    ASSERT_FALSE(has_control(line)) << line;
    ASSERT_TRUE(nlohmann::json::accept(line)) << line;
    ASSERT_EQ(nlohmann::json::parse(line)["status"], 200) << line;
  }
}

TEST_F(access_logs, ALongTargetLeavesRoomForTheRest) {
  const std::string target = "/" + std::string(8000, 'x');
  ex().request.target = target;
  pass();
  ex().status = 200;
  ex().run_end_actions();
  const std::string line = written();
  EXPECT_LT(line.size(), 4200U);
  EXPECT_NE(line.find(R"("status":200)"), std::string::npos) << line;
}

TEST_F(access_logs, WhatNoRouteTookHasNoRoute) {
  ex().refusal = failure{fault::no_route, side::client, false, ""};
  pass();
  ex().run_end_actions();
  EXPECT_NE(written().find(R"("route":"","status":0)"), std::string::npos) << written();
}

TEST_F(access_logs, AUnixSocketsPeerHasNoAddress) {
  from("unix:/run/f.sock");
  pass();
  ex().run_end_actions();
  EXPECT_NE(written().find(R"("client":"")"), std::string::npos) << written();
}

}  // namespace
}  // namespace ferroway
