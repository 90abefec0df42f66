// A warning that a route can never match is true: no request ever finds it.
#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"
#include "config/load.hpp"
#include "routing/match_order.hpp"
#include "routing/route_table.hpp"

namespace ferroway::routing {
namespace {

struct loaded_routes {
  std::vector<config::route> routes;
  std::set<std::size_t> hidden;  // indices
  std::string hints;
};

loaded_routes load(const std::string& routes) {
  const config::loaded outcome = config::load_text("a.yaml", "listen: 80\nroutes:\n" + routes);
  EXPECT_TRUE(outcome.value) << config::render(outcome, false);
  loaded_routes made;
  if (!outcome.value) return made;
  made.routes = outcome.value->routes;
  for (const config::diagnostic& each : outcome.diagnostics) {
    EXPECT_EQ(each.level, config::severity::warning);
    if (each.message.find("can never match") == std::string::npos) continue;
    made.hidden.insert(each.at.line - 3);  // one route a line
    made.hints += each.message + " | " + each.hint + "\n";
  }
  return made;
}

std::vector<route_pattern> patterns_of(const std::vector<config::route>& routes) {
  std::vector<route_pattern> made;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const config::route& each = routes[i];
    made.push_back({each.host, each.path, each.pattern, each.methods, each.headers, each.query,
                    each.priority, each.listeners, static_cast<std::uint32_t>(i)});
  }
  return made;
}

class generator {
 public:
  explicit generator(std::uint64_t seed) : random_(seed) {}

  std::string pick(std::initializer_list<const char*> from) {
    return from.begin()[random_.below(from.size())];
  }
  bool chance(unsigned percent) { return random_.chance(percent); }

  std::string route() {
    std::string path;
    const std::size_t depth = random_.below(4);
    for (std::size_t i = 0; i < depth; ++i) {
      path += "/" + (chance(40) ? "{c" + std::to_string(i) + "}" : pick({"a", "b"}));
    }
    if (chance(15)) path += "/{rest...}";
    if (path.empty() || (chance(15) && !path.ends_with("...}"))) path += "/";
    std::string made = "  - {respond: {}, path: ";
    made += chance(10) ? "{regex: '" + pick({"/.*", "/a.*", ".*"}) + "'}"
            : chance(30) && !path.ends_with("...}") ? "{exact: '" + path + "'}"
                                                    : "'" + path + "'";
    made += ", host: '" + pick({"a.t", "*.t", "{x}.t"}) + "'";
    if (chance(40)) made += ", methods: [" + pick({"GET", "POST", "HEAD", "GET, POST"}) + "]";
    if (chance(25)) made += ", headers: {X: " + pick({"1", "2", "{present: true}"}) + "}";
    if (chance(40)) made += ", priority: " + pick({"5", "-5"});
    return made + "}\n";
  }

  std::string path() {
    std::string made;
    const std::size_t depth = random_.below(5);
    for (std::size_t i = 0; i < depth; ++i) made += "/" + pick({"a", "b", "c"});
    if (made.empty() || chance(25)) made += "/";
    return made;
  }

 private:
  random_source random_;
};

TEST(hidden_routes, are_never_found) {
  generator make(7);
  std::size_t hidden = 0;
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) text += make.route();
    const loaded_routes loaded = load(text);
    hidden += loaded.hidden.size();
    const auto table = route_table::compile(patterns_of(loaded.routes));
    ASSERT_TRUE(table) << table.error().message;
    for (int i = 0; i < 400; ++i) {
      const std::string path = make.path();
      const std::string method = make.pick({"GET", "POST", "HEAD", "PUT"});
      arena memory;
      http::field_list fields;
      const std::string value = make.pick({"1", "2"});  // the list keeps a view of it
      if (make.chance(60)) fields.add(memory, "x", value);
      const route_match match =
          table->match({0, make.pick({"a.t", "b.t"}), path, method, "", &fields}, memory);
      const bool found = match.is == route_match::outcome::found;
      ASSERT_FALSE(found && loaded.hidden.contains(match.route))
          << text << method << " " << path << " found " << match.route << "\n"
          << loaded.hints;
    }
  }
  EXPECT_GT(hidden, 200U);  // there was something to be wrong about
}

std::string hints(const std::string& routes) { return load(routes).hints; }

TEST(hidden_routes, are_named_with_what_hides_them_and_a_url) {
  EXPECT_EQ(hints("  - {name: all, path: /, priority: 1, respond: {}}\n"
                  "  - {name: one, path: '/users/{id}/orders', respond: {}}\n"),
            "this route can never match: `all` hides it | that one, in line 3, takes every request "
            "such as http://localhost/users/id/orders\n");
  EXPECT_NE(hints("  - {name: get, path: /a, methods: [GET], respond: {}}\n"
                  "  - {name: post, path: /a, methods: [POST], respond: {}}\n"
                  "  - {name: both, path: /a, methods: [GET, POST], respond: {}}\n"),
            "");
  EXPECT_NE(hints("  - {name: any, path: {regex: '/.*'}, respond: {}}\n"
                  "  - {name: one, path: /a, respond: {}}\n"),
            "");
  EXPECT_NE(hints("  - {name: gold, path: /a, headers: {X: {present: true}}, respond: {}}\n"
                  "  - {name: one, path: /a, headers: {x: gold}, respond: {}}\n"),
            "");
  EXPECT_EQ(hints("  - {name: gold, path: /a, headers: {X: gold}, respond: {}}\n"
                  "  - {name: one, path: /a, respond: {}}\n"),
            "");
  EXPECT_EQ(hints("  - {name: all, path: /, methods: [GET], respond: {}}\n"
                  "  - {name: one, path: /a, respond: {}}\n"),
            "");
}

// The URL is one that the hidden route would match.
TEST(hidden_routes, are_shown_a_url_with_the_query_that_they_ask_for) {
  const std::string all = "  - {name: all, path: /, priority: 1, respond: {}}\n";
  const auto url = [&](const std::string& query) {
    const std::string said = hints(all + "  - {path: /a, query: {" + query + "}, respond: {}}\n");
    const std::size_t at = said.find("http://");
    return at == std::string::npos ? "none" : said.substr(at, said.size() - at - 1);
  };
  EXPECT_EQ(url("v: '2', debug: {present: true}, x: {present: false}"),
            "http://localhost/a?v=2&debug");
  EXPECT_EQ(url("'a b': 'c&d=%'"), "http://localhost/a?a%20b=c%26d%3D%25");
  EXPECT_EQ(url("v: {regex: '[0-9]+'}"), "none");
  EXPECT_EQ(url("v: '${NAME:-secret}'"), "none");
}

// The list that people read and the table agree.
TEST(match_order, puts_in_front_what_the_table_finds) {
  generator make(11);
  std::size_t compared = 0;
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 8; ++i) text += make.route();
    const loaded_routes loaded = load(text);
    const std::vector<std::size_t> order = match_order(loaded.routes);
    const std::vector<route_pattern> patterns = patterns_of(loaded.routes);
    const auto whole = route_table::compile(patterns);
    ASSERT_TRUE(whole);
    for (int i = 0; i < 100; ++i) {
      const std::string path = make.path();
      const std::string host = make.pick({"a.t", "b.t"});
      arena memory;
      const route_query asked{0, host, path, "GET", "", nullptr};
      const route_match match = whole->match(asked, memory);
      if (match.is != route_match::outcome::found) continue;
      // None of those in front of it would have taken the request.
      for (const std::size_t each : order) {
        if (each == match.route) break;
        const auto alone = route_table::compile({&patterns[each], 1});
        const route_match other = alone->match(asked, memory);
        const bool tail = patterns[each].path.ends_with("...}");
        if (tail && other.captured.find("path.rest").empty()) continue;
        ASSERT_NE(other.is, route_match::outcome::found)
            << text << host << path << " found " << match.route << " but " << each
            << " stands in front";
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 1000U);
}

}  // namespace
}  // namespace ferroway::routing
