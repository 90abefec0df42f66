#include "telemetry/metrics_text.hpp"

#include <gtest/gtest.h>

#include "telemetry/exposition.hpp"

namespace ferroway::telemetry {
namespace {

using std::chrono::milliseconds;

bool has_line(const std::string& text, const std::string& line) {
  return text.starts_with(line + "\n") || text.find("\n" + line + "\n") != std::string::npos;
}

TEST(Exposition, WritesFamilies) {
  exposition out;
  out.family("a_total", "counter", "What it is.");
  out.sample({}, 7);
  out.sample({{"x", "1"}, {"y", "2"}}, 8);
  out.sample_seconds({}, 2'500'000, "_sum");
  EXPECT_EQ(out.take(),
            "# HELP a_total What it is.\n# TYPE a_total counter\na_total 7\n"
            "a_total{x=\"1\",y=\"2\"} 8\na_total_sum 0.0025\n");
}

TEST(Exposition, EscapesValuesOfLabels) {
  exposition out;
  out.family("a", "gauge", "A.");
  out.sample({{"x", "q\" b\\ n\n é"}}, 1);
  EXPECT_TRUE(has_line(out.take(), R"(a{x="q\" b\\ n\n é"} 1)"));
}

TEST(Exposition, WritesSecondsWithoutTrailingZeros) {
  EXPECT_EQ(seconds_text(0), "0");
  EXPECT_EQ(seconds_text(10'000'000'000), "10");
  EXPECT_EQ(seconds_text(2'500'000'000), "2.5");
  EXPECT_EQ(seconds_text(1), "0.000000001");
}

class text_of_metrics : public testing::Test {
 protected:
  std::string text() {
    return metrics_text(all,
                        {"1.2.3", wall_time(milliseconds(1500)), {{"stdout", 9, 5}}, 2, reloads});
  }
  reload_figures reloads;
  metrics all{2};
};

TEST_F(text_of_metrics, ShowsCopiesOnlyWhereThereAreSome) {
  EXPECT_EQ(text().find("mirror"), std::string::npos);
  const auto users = all.mirror("users");
  EXPECT_TRUE(users->enter(2));
  EXPECT_TRUE(users->enter(2));
  EXPECT_FALSE(users->enter(2)) << "there are two";
  users->crowded(0);
  users->too_long(1);
  users->ended(0, {200, 200, milliseconds(2), milliseconds(20)});
  users->ended(1, {200, 500, milliseconds(3), milliseconds(1)});
  users->ended(1, {200, 0, milliseconds(3), {}});
  users->leave();
  const std::string shown = text();
  for (const char* outcome : {"same", "different", "failed", "crowded", "too_long"}) {
    EXPECT_TRUE(has_line(shown, "ferroway_mirrored_total{route=\"users\",outcome=\"" +
                                    std::string(outcome) + "\"} 1"));
  }
  EXPECT_TRUE(has_line(shown, "ferroway_mirrored_in_flight{route=\"users\"} 1"));
  const std::string of = "ferroway_mirrored_duration_seconds";
  EXPECT_TRUE(has_line(shown, of + "_bucket{route=\"users\",of=\"original\",le=\"0.0025\"} 1"));
  EXPECT_TRUE(has_line(shown, of + "_bucket{route=\"users\",of=\"original\",le=\"+Inf\"} 2"));
  EXPECT_TRUE(has_line(shown, of + "_bucket{route=\"users\",of=\"copy\",le=\"0.001\"} 1"));
  EXPECT_TRUE(has_line(shown, of + "_sum{route=\"users\",of=\"copy\"} 0.021"));
  EXPECT_TRUE(has_line(shown, of + "_count{route=\"users\",of=\"copy\"} 2"));
}

TEST_F(text_of_metrics, ShowsKeySets) {
  EXPECT_EQ(text().find("key_set"), std::string::npos) << "where none is fetched";
  const auto keys = all.key_set("http://127.0.0.1:9010/jwks.json");
  keys->failed();
  keys->fetched(3, wall_time(milliseconds(2500)));
  keys->failed();
  const std::string shown = text();
  const std::string of = "{url=\"http://127.0.0.1:9010/jwks.json\"";
  EXPECT_TRUE(has_line(shown, "ferroway_key_set_fetches_total" + of + ",result=\"ok\"} 1"));
  EXPECT_TRUE(has_line(shown, "ferroway_key_set_fetches_total" + of + ",result=\"failed\"} 2"));
  EXPECT_TRUE(has_line(shown, "ferroway_key_set_keys" + of + "} 3"));
  EXPECT_TRUE(has_line(shown, "ferroway_key_set_fetched_timestamp_seconds" + of + "} 2.5"));
}

TEST_F(text_of_metrics, ShowsARoute) {
  const auto users = all.route("users");
  for (std::uint32_t worker = 0; worker < 2; ++worker) users->began(worker);
  users->began(0);
  users->ended(0, {200, milliseconds(1), 3, 40});
  users->ended(1, {503, milliseconds(20), 0, 2});
  const std::string shown = text();
  EXPECT_TRUE(has_line(shown, R"(ferroway_requests_total{route="users",class="2xx"} 1)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_requests_total{route="users",class="5xx"} 1)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_requests_total{route="users",class="4xx"} 0)"));
  EXPECT_TRUE(has_line(shown, "ferroway_requests_in_flight 1"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_request_body_bytes_total{route="users"} 3)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_response_body_bytes_total{route="users"} 42)"));
  const std::string bucket = "ferroway_request_duration_seconds_bucket{route=\"users\",le=\"";
  EXPECT_TRUE(has_line(shown, bucket + "0.001\"} 1"));
  EXPECT_TRUE(has_line(shown, bucket + "0.01\"} 1"));
  EXPECT_TRUE(has_line(shown, bucket + "0.025\"} 2"));
  EXPECT_TRUE(has_line(shown, bucket + "+Inf\"} 2"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_request_duration_seconds_sum{route="users"} 0.021)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_request_duration_seconds_count{route="users"} 2)"));
}

TEST_F(text_of_metrics, LeavesOutWhatWasNeverUsed) {
  const auto idle = all.route("idle");
  const auto unused = all.upstream("unused");
  EXPECT_EQ(text().find("idle"), std::string::npos);
  EXPECT_EQ(text().find("unused"), std::string::npos);
}

TEST_F(text_of_metrics, HasABound) {
  std::vector<std::shared_ptr<route_stats>> routes;
  for (std::size_t i = 0; i < routes_shown_max + 3; ++i) {
    // The later a route is used, the earlier in the alphabet.
    routes.push_back(all.route("r" + std::to_string(99999 - i)));
    routes.back()->began(0);
    routes.back()->ended(0, {.status = 200});
  }
  const std::string shown = text();
  EXPECT_TRUE(has_line(shown, "ferroway_requests_total{route=\"(others)\",class=\"2xx\"} 3"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_requests_total{route="r99999",class="2xx"} 1)"));
  const std::string last = "r" + std::to_string(99999 - routes_shown_max - 2);
  EXPECT_EQ(shown.find(last), std::string::npos);
}

TEST_F(text_of_metrics, ShowsConnections) {
  all.listener("public");
  const auto open = all.listener("public");
  open->accepted(0);
  open->accepted(1);
  open->closed(0);
  const auto service = all.upstream("service");
  service->of(0).connected.add(4);
  service->of(1).connect_failed.add(3);
  service->of(1).reused.add(2);
  service->of(0).retries.add();
  const std::string shown = text();
  EXPECT_TRUE(has_line(shown, R"(ferroway_connections_open{listener="public"} 1)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_connections_accepted_total{listener="public"} 2)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_upstream_connections_made_total{upstream="service"} 4)"));
  EXPECT_TRUE(
      has_line(shown, R"(ferroway_upstream_connections_failed_total{upstream="service"} 3)"));
  EXPECT_TRUE(
      has_line(shown, R"(ferroway_upstream_connections_reused_total{upstream="service"} 2)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_upstream_retries_total{upstream="service"} 1)"));
}

TEST_F(text_of_metrics, ShowsLimitsOfUpstreamsThatHaveThem) {
  const auto free = all.upstream("free");
  free->of(0).connected.add();
  EXPECT_EQ(text().find("ferroway_upstream_requests_"), std::string::npos);
  EXPECT_EQ(text().find("ferroway_endpoint_requests_limit"), std::string::npos);
  const auto limited = all.upstream("limited");
  limited->show_limited();
  limited->of(0).began.add(7);
  limited->of(1).ended.add(4);
  limited->of(0).queued.add(5);
  limited->of(0).dequeued.add(3);
  limited->of(1).refused.add(6);
  limited->of(1).waited_in_vain.add(2);
  const auto at = all.endpoint("limited", "10.0.0.1:80");
  at->show_limit(12);
  const std::string shown = text();
  for (const char* line :
       {R"(ferroway_endpoint_requests_limit{upstream="limited",endpoint="10.0.0.1:80"} 12)",
        R"(ferroway_upstream_requests_in_flight{upstream="limited"} 3)",
        R"(ferroway_upstream_requests_pending{upstream="limited"} 2)",
        R"(ferroway_upstream_requests_queued_total{upstream="limited"} 5)",
        R"(ferroway_upstream_requests_refused_total{upstream="limited",reason="full"} 6)",
        R"(ferroway_upstream_requests_refused_total{upstream="limited",reason="timeout"} 2)"}) {
    EXPECT_TRUE(has_line(shown, line)) << line;
  }
  EXPECT_EQ(shown.find(R"(in_flight{upstream="free"})"), std::string::npos);
}

TEST_F(text_of_metrics, ShowsTheProcess) {
  reloads = {
      .failed = 3, .generation = 2, .last_failure = wall_time(milliseconds(1'700'000'000'250))};
  const std::string shown = text();
  EXPECT_TRUE(has_line(shown, "ferroway_config_generation 2"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_reloads_total{result="ok"} 0)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_reloads_total{result="failed"} 3)"));
  EXPECT_TRUE(
      has_line(shown, R"(ferroway_last_reload_timestamp_seconds{result="failed"} 1700000000.25)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_log_lines_total{destination="stdout"} 9)"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_log_lines_dropped_total{destination="stdout"} 5)"));
  EXPECT_TRUE(has_line(shown, "ferroway_workers 2"));
  EXPECT_TRUE(has_line(shown, R"(ferroway_build_info{version="1.2.3"} 1)"));
  EXPECT_TRUE(has_line(shown, "process_start_time_seconds 1.5"));
  EXPECT_NE(shown.find("\nprocess_resident_memory_bytes "), std::string::npos);
  EXPECT_NE(shown.find("\nprocess_open_fds "), std::string::npos);
}

}  // namespace
}  // namespace ferroway::telemetry
