#include "middleware/access_log.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

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
    (void)run({std::make_shared<access_log>(sink_)}, why);
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
