#include "admin/pages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/exchange/rig.hpp"

namespace ferroway::admin {
namespace {

using nlohmann::json;

config::config serving_of(const std::string& yaml) {
  const config::loaded outcome = config::load_text("test.yaml", yaml);
  EXPECT_TRUE(outcome.value) << config::render(outcome, false);
  return outcome.value.value_or(config::config{});
}

class stand_in final : public source {
 public:
  readiness state() const noexcept override { return ready; }
  std::uint64_t generation() const noexcept override { return 3; }
  const config::config& serving() const override { return now; }
  const telemetry::metrics& counted() const noexcept override { return figures_of; }
  telemetry::process_figures figures() const override { return {"9.9", {}, {}, 2, {}}; }
  reload_outcome reload() override {
    ++reloads;
    return outcome;
  }
  bool is_everywhere() const noexcept override { return --behind < 0; }
  std::optional<reload_outcome> last_reload() const override {
    return reloads == 0 ? std::nullopt : std::optional(outcome);
  }

  readiness ready = readiness::serving;
  config::config now = serving_of(
      "listen: 8080\nroutes:\n"
      "  - {name: a, path: /a, methods: [GET], respond: {body: x}}\n"
      "  - {name: b, path: {exact: /b}, use: [request_id], to: 'http://127.0.0.1:1'}\n"
      "  - {name: c, path: {regex: '/c+'}, redirect: {path: /a}}\n");
  telemetry::metrics figures_of{1};
  reload_outcome outcome;
  int reloads = 0;
  mutable int behind = 3;  // how often it says that workers have not all seen the last reload
};

struct shown : testing::Test, exchange_rig {
  // The answer's body; its head is in `reply`.
  std::string get(std::string_view path, std::string_view query = {}, const char* method = "GET") {
    for (const page& each : admin_pages(of)) {
      if (each.path != path || each.method != method) continue;
      renew();
      from("127.0.0.1:40000");
      ex().request.query = query;
      reply = finish(each.end->handle(ex()));
      std::string text(reply ? reply->body.text : "");
      ex().run_end_actions();  // which let go of the text
      return text;
    }
    ADD_FAILURE() << "no page " << path;
    return {};
  }
  json document(std::string_view path, std::string_view query = {}, const char* method = "GET") {
    const std::string text = get(path, query, method);
    EXPECT_EQ(all_of(reply->head->fields, "Content-Type"), "application/json");
    return json::parse(text);
  }

  stand_in of;
  result<response> reply;
};

TEST_F(shown, TheProbeHasTwoPages) {
  std::vector<std::string> paths;
  for (const page& each : probe_pages(of)) paths.push_back(each.method + " " + each.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"GET /healthz", "GET /readyz"}));
}

TEST_F(shown, ReadinessIsTheProcesss) {
  EXPECT_EQ(get("/readyz"), "ready\n");
  EXPECT_EQ(reply->head->status, 200);
  of.ready = readiness::starting;
  EXPECT_EQ(get("/readyz"), "starting\n");
  EXPECT_EQ(reply->head->status, 503);
  of.ready = readiness::draining;
  EXPECT_EQ(get("/readyz"), "draining\n");
  EXPECT_EQ(reply->head->status, 503);
  EXPECT_EQ(get("/healthz"), "ok\n");
  EXPECT_EQ(reply->head->status, 200);
  EXPECT_EQ(all_of(reply->head->fields, "Cache-Control"), "no-store");
}

TEST_F(shown, RoutesHaveTheirCounts) {
  of.figures_of.route("a")->began(0);
  of.figures_of.route("a")->ended(0, {.status = 404});
  of.figures_of.route("b")->began(0);
  const json all = document("/v1/routes");
  EXPECT_EQ(all["total"], 3);
  EXPECT_EQ(all["routes"][0]["requests"]["4xx"], 1);
  EXPECT_EQ(all["routes"][0]["methods"], json::array({"GET"}));
  EXPECT_EQ(all["routes"][0]["end"], (json{{"respond", 200}}));
  EXPECT_EQ(all["routes"][1]["requests"]["in_flight"], 1);
  EXPECT_EQ(all["routes"][1]["path"], (json{{"exact", "/b"}}));
  EXPECT_EQ(all["routes"][1]["pipeline"], json::array({"request_id"}));
  EXPECT_EQ(all["routes"][1]["end"]["to"][0]["upstream"], "b");
  EXPECT_EQ(all["routes"][2]["path"], (json{{"regex", "/c+"}}));
  EXPECT_EQ(all["routes"][2]["end"], (json{{"redirect", 308}}));
  EXPECT_EQ(all["routes"][2]["requests"]["2xx"], 0);
}

TEST_F(shown, APageOfRoutesBeginsWhereItIsAsked) {
  const json all = document("/v1/routes", "x=1&from=2");
  EXPECT_EQ(all["total"], 3);
  ASSERT_EQ(all["routes"].size(), 1U);
  EXPECT_EQ(all["routes"][0]["name"], "c");
  EXPECT_TRUE(document("/v1/routes", "from=18446744073709551615")["routes"].empty());
  get("/v1/routes", "from=-1");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().kind, fault::malformed);
}

TEST_F(shown, TheConfigurationIsItsLongForm) {
  const json all = document("/v1/config");
  EXPECT_EQ(all["generation"], 3);
  EXPECT_EQ(all["config"]["watch"], false);
  EXPECT_EQ(all["config"]["listeners"][0]["limits"]["header_fields"], 100);
  EXPECT_EQ(all["config"]["routes"][0]["respond"]["body"], "x");
  EXPECT_EQ(all["config"]["upstreams"]["b"]["endpoints"][0]["url"], "http://127.0.0.1:1");
}

TEST_F(shown, UpstreamsHaveTheirCounts) {
  of.figures_of.upstream("b")->of(0).reused.add(4);
  const json all = document("/v1/upstreams");
  EXPECT_EQ(all["upstreams"][0]["name"], "b");
  EXPECT_EQ(all["upstreams"][0]["endpoints"][0]["url"], "http://127.0.0.1:1");
  EXPECT_EQ(all["upstreams"][0]["connections"]["reused"], 4);
}

TEST_F(shown, AReloadIsToldAndRemembered) {
  EXPECT_EQ(document("/v1/reload"), (json{{"ok", nullptr}, {"generation", 3}}));
  of.outcome.ok = true;
  of.outcome.changes = {{config::change::part::route, "a", config::change::what::removed}};
  const json told = document("/v1/reload", {}, "POST");
  EXPECT_EQ(reply->head->status, 200);
  EXPECT_EQ(told["changes"][0], (json{{"part", "route"}, {"name", "a"}, {"what", "removed"}}));
  EXPECT_EQ(document("/v1/reload"), told);
  EXPECT_EQ(of.reloads, 1);
  EXPECT_LT(of.behind, 0) << "the answer waits for the workers";
}

TEST_F(shown, AReloadThatFailsHasItsErrorsApartFromWarnings) {
  of.outcome.diagnostics = {{config::severity::warning, {0, 4, 2}, "unused", ""},
                            {config::severity::error, {0, 7, 3}, "bad \xff byte", "mend it"},
                            {config::severity::error, {9, 0, 0}, "nowhere", ""}};
  of.outcome.sources = {"f.yaml"};
  const json told = document("/v1/reload", {}, "POST");
  EXPECT_EQ(reply->head->status, 422);
  ASSERT_EQ(told["errors"].size(), 2U);
  EXPECT_EQ(told["errors"][0]["file"], "f.yaml");
  EXPECT_EQ(told["errors"][0]["line"], 7);
  EXPECT_EQ(told["errors"][0]["column"], 3);
  EXPECT_EQ(told["errors"][0]["message"], "bad \xEF\xBF\xBD byte");
  EXPECT_EQ(told["errors"][1]["file"], "");
  EXPECT_EQ(told["warnings"][0]["message"], "unused");
  of.ready = readiness::draining;
  document("/v1/reload", {}, "POST");
  EXPECT_EQ(reply->head->status, 503);
}

TEST_F(shown, MetricsAreText) {
  EXPECT_NE(get("/metrics").find("ferroway_build_info{version=\"9.9\"} 1\n"), std::string::npos);
  EXPECT_EQ(all_of(reply->head->fields, "Content-Type"),
            "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace
}  // namespace ferroway::admin
