// What the settings of access_log come to.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "config/middlewares.hpp"
#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

using kind = telemetry::log_destination::kind;

access_log_middleware settings_of(const std::string& yaml) {
  const loaded outcome = load("listen: 1\nuse: [" + yaml + "]\nroutes: [{respond: {}}]\n");
  EXPECT_TRUE(outcome.value) << yaml << "\n" << complaints(outcome);
  if (!outcome.value) return {};
  return std::get<access_log_middleware>(outcome.value->middlewares.at(0).settings->as);
}

TEST(access_log_settings, ThatAreNotThereAreJsonToStandardOutput) {
  for (const char* yaml : {"access_log", "{access_log: }", "{access_log: {}}"}) {
    const access_log_middleware made = settings_of(yaml);
    EXPECT_EQ(made, access_log_middleware{}) << yaml;
    EXPECT_EQ(made.format, log_format::json);
    EXPECT_EQ(to_string(made.to), "stdout");
    EXPECT_EQ(made.sample, access_log_middleware::sample_all);
    EXPECT_FALSE(made.only_errors);
  }
}

TEST(access_log_settings, SayWhereLinesGo) {
  const auto place = [](const std::string& to) {
    return to_string(settings_of("{access_log: {to: " + to + "}}").to);
  };
  EXPECT_EQ(place("stderr"), "stderr");
  EXPECT_EQ(place("{file: /var/log/a.log}"), "file:/var/log/a.log");
  EXPECT_EQ(place("{syslog: 'unix:/dev/log'}"), "syslog:unix:/dev/log");
  EXPECT_EQ(place("{syslog: 'udp:10.0.0.1:514'}"), "syslog:udp:10.0.0.1:514");
  EXPECT_EQ(place("{syslog: 'udp:[fd00:0::1]:514'}"), "syslog:udp:[fd00::1]:514");
}

TEST(access_log_settings, AFileIsRelativeToTheConfiguration) {
  const auto made = settings_of("{access_log: {to: {file: a.log}}}");
  EXPECT_EQ(made.to.at, std::filesystem::absolute("dir/a.log").string());
}

TEST(access_log_settings, AShareHasUpToThreeDecimals) {
  const auto share = [](const std::string& text) {
    return settings_of("{access_log: {sample: " + text + "}}").sample;
  };
  EXPECT_EQ(share("100%"), 100'000U);
  EXPECT_EQ(share("10%"), 10'000U);
  EXPECT_EQ(share("2.5%"), 2'500U);
  EXPECT_EQ(share("0.001%"), 1U);
}

TEST(access_log_settings, ATemplateKeepsItsVariables) {
  const auto made =
      settings_of("{access_log: {format: '${client.ip} said ${header.X-A}: ${response.status}'}}");
  ASSERT_EQ(made.format, log_format::as_template);
  ASSERT_EQ(made.line.size(), 5U);
  EXPECT_TRUE(made.line[4].is_variable);
  EXPECT_EQ(made.line[4].text, "response.status");
  EXPECT_TRUE(settings_of("{access_log: {only: errors}}").only_errors);
  EXPECT_EQ(settings_of("{access_log: {format: combined}}").format, log_format::combined);
}

// What one mistake in a route, in line 3 from column 5, is told as.
void expect_told(const std::string& route, const std::string& said) {
  const std::string all = complaints(load("listen: 8080\nroutes:\n  - " + route + "\n"));
  EXPECT_NE(all.find(said), std::string::npos) << route << "\n" << all;
  EXPECT_EQ(std::ranges::count(all, '\n'), 1) << route << "\n" << all;
}

TEST(access_log_settings, ThatAreWrongAreTold) {
  const std::string begin = "{respond: {}, use: [{access_log: {";
  struct mistake {
    std::string settings;
    std::string said;
  };
  const std::vector<mistake> all{
      {"format: jsn", "`format`: expected json, combined, or a template such as"},
      {"format: jsn", "found `jsn` | did you mean `json`?"},
      {"format: '${client.ipp}'", "3:47 unknown variable `client.ipp` | did you mean `client.ip`?"},
      {"format: '${response.staus}'", "did you mean `response.status`?"},
      {"format: '${status}'", "names of variables have a dot: ${response.status}"},
      {"format: '${upstream}'", "names of variables have a dot: ${upstream.name}"},
      {"format: '${path.id}'", "`${path.id}` is not a capture of the route"},
      {"format: \"${client.ip}\\n\"", "`format` holds control characters | what is logged is one"},
      {"format: '${client.ip} " + std::string(1024, 'x') + "'", "`format` is too long: at most 32"},
      {"to: stdoud", "`to`: expected stdout, stderr, {file: PATH} or"},
      {"to: /var/log/a.log", "write {file: /var/log/a.log}"},
      {"to: {}", "`to` names no destination"},
      {"to: {fil: /a}", "unknown key `fil` in a log's destination | did you mean `file`?"},
      {"to: {file: /a, syslog: 'unix:/dev/log'}", "a log has one destination"},
      {"to: {file: /var/log/}", "`file`: expected the path of a file"},
      {"to: {syslog: 10.0.0.1}", "`syslog`: expected `unix:/dev/log`, or `udp:` with"},
      {"to: {syslog: 'udp:logs.example.com:514'}", "names of hosts are not looked up"},
      {"to: {syslog: 'udp:514'}", "`syslog`: expected `unix:/dev/log`, or `udp:` with"},
      {"to: {syslog: 'udp:unix:/dev/log'}", "`syslog`: expected"},
      {"sample: 10", "`sample`: expected a share from 0.001% to 100%"},
      {"sample: 0%", "`sample`: expected a share"},
      {"sample: 100.001%", "`sample`: expected a share"},
      {"sample: -1%", "`sample`: expected a share"},
      {"sample: 0.0001%", "`sample`: expected a share"},
      {"only: failures", "`only`: expected `errors`"},
      {"only: errors, sample: 10%", "3:53 `only: errors` leaves nothing to sample"},
      {"destination: stdout", "unknown key `destination` in the settings of access_log"},
  };
  for (const mistake& each : all) expect_told(begin + each.settings + "}}]}", each.said);
  expect_told("{respond: {}, use: [{request_headers: {set: {A: '${response.status}'}}}]}",
              "the variable `response.status` is known only to access logs");
  expect_told("{respond: {}, use: [{access_log: combined}]}", "expected settings such as");
}

}  // namespace
}  // namespace ferroway::config::testing
