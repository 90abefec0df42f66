#include "cli/test.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/configuration_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/explain/explanation.hpp"
#include "cli/explain/request_line.hpp"
#include "cli/quiet_snapshot.hpp"
#include "cli/terminal.hpp"
#include "cli/test/results.hpp"
#include "middleware/jwt.hpp"

namespace ferroway::cli {
namespace {

// "examples/orders.yaml" -> "examples/orders.tests.yaml"
std::string tests_beside(const std::string& file) {
  const std::size_t dot = file.rfind('.');
  const std::size_t slash = file.rfind('/');
  const bool extension = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  return extension ? file.substr(0, dot) + ".tests" + file.substr(dot) : file + ".tests.yaml";
}

// Listeners are known only with the configuration.
bool find_listeners(test_file& tests, const config::config& in, config::loaded& report) {
  for (test_case& each : tests.cases) {
    const auto found = find_listener(in, each.listener);
    if (found) {
      each.request.listener = *found;
    } else {
      report.diagnostics.push_back({config::severity::error, each.listener_at, found.error(), {}});
    }
  }
  return report.diagnostics.empty();
}

// Gives the middlewares what they would fetch.
bool state_keys(const test_file& tests, const server::snapshot& serving, config::loaded& report) {
  for (const stated_keys& each : tests.jwks) {
    bool wanted = false;
    for (const server::middleware_in_use& item : serving.middlewares) {
      const auto* guard = dynamic_cast<const jwt_guard*>(item.step.get());
      if (guard == nullptr || !guard->source() || guard->source()->from().url != each.url) continue;
      wanted = true;
      const auto skipped = guard->source()->publish(each.text);
      if (skipped) continue;
      report.diagnostics.push_back(
          {config::severity::error, each.at, "the key set: " + skipped.error(), {}});
    }
    if (wanted) continue;
    report.diagnostics.push_back(
        {config::severity::error, each.at, "no `jwt` has its `jwks` there", {}});
  }
  return report.diagnostics.empty();
}

// The same of middlewares: what nobody would ask is a slip of the pen.
bool find_asking(const test_file& tests, const config::config& in, config::loaded& report) {
  for (const test_case& each : tests.cases) {
    for (const server::rehearsal_permission& one : each.permissions) {
      const bool known = one.middleware == "*" ||
                         std::ranges::any_of(in.middlewares, [&](const config::middleware& item) {
                           return item.kind == "forward_auth" && item.name == one.middleware;
                         });
      if (known) continue;
      report.diagnostics.push_back({config::severity::error, each.permissions_at,
                                    "no forward_auth in use is called `" + one.middleware + "`",
                                    "`*` is every one"});
    }
  }
  return report.diagnostics.empty();
}

std::string why_expected_route_lost(server::rehearsal& stage, const test_case& of,
                                    const config::config& in,
                                    const server::rehearsal_outcome& got) {
  const auto& wanted = of.expected.route;
  if (!wanted || wanted->is != config::condition::kind::equals) return {};
  const auto route = std::ranges::find(in.routes, wanted->value, &config::route::name);
  if (route == in.routes.end()) return "no route is called `" + wanted->value + "`";
  const auto index = static_cast<std::size_t>(route - in.routes.begin());
  if (got.route == index) return {};
  for (const routing::loser& each :
       stage.losers(of.request, in.routes, got.route, in.routes.size())) {
    if (each.route == index) return "`" + wanted->value + "` did not take it: " + each.why;
  }
  return {};
}

void touch(test_results& into, const config::config& in, const server::rehearsal_outcome& got) {
  if (got.route) into.routes_touched.insert(in.routes[*got.route].name);
  for (const decision& each : got.decisions) into.middlewares_touched.insert(each.step);
}

case_result run_case(server::rehearsal& stage, const test_case& one, const config::config& in,
                     test_results& into) {
  case_result result{&one, {}, {}, 1, {}};
  stage.pass(one.after);
  for (std::size_t i = 1; i <= one.repeat; ++i) {
    result.repetition = i;
    server::rehearsal_request request = one.request;
    if (one.token) one.token->add_to(request, stage.now());
    if (one.signature) one.signature->add_to(request, stage.now());
    result.got = stage.run(request, one.answer, one.permissions);
    touch(into, in, result.got);
    result.mismatches = compare(one.expected, in, result.got);
    if (result.mismatches.empty()) continue;
    result.why_not = in.outside.masked(why_expected_route_lost(stage, one, in, result.got));
    break;
  }
  for (mismatch& each : result.mismatches) each.got = in.outside.masked(each.got);
  result.got.mask(in.outside);
  return result;
}

}  // namespace

int test(const test_options& options) {
  std::optional<std::string> file;
  if (options.tests.empty() || !options.file.empty()) {
    file = configuration_file(options.file);
    if (!file) return static_cast<int>(exit_code::bad_usage);
  }
  loaded_tests tests = load_tests(options.tests.empty() ? tests_beside(*file) : options.tests);
  if (!tests.value) {
    show_diagnostics(tests.report);
    return static_cast<int>(exit_code::bad_usage);
  }
  if (!file) file = configuration_file(tests.value->config);
  if (!file) return static_cast<int>(exit_code::bad_usage);
  const quiet_snapshot serving(*file);
  if (!serving.value()) {
    show_diagnostics(serving.file());
    return static_cast<int>(exit_code::configuration_invalid);
  }
  const config::config& in = *serving.file().value;
  const bool listeners_known = find_listeners(*tests.value, in, tests.report);
  if (!find_asking(*tests.value, in, tests.report) || !listeners_known ||
      !state_keys(*tests.value, *serving.value(), tests.report)) {
    show_diagnostics(tests.report);
    return static_cast<int>(exit_code::bad_usage);
  }
  test_results results{serving.file(), tests.report, {}, {}, {}, options.coverage};
  server::rehearsal stage(serving.value(), tests.value->clock);
  for (const test_case& one : tests.value->cases) {
    results.cases.push_back(run_case(stage, one, in, results));
  }
  const std::string text = options.json ? results_as_json(results)
                                        : results_as_text(results, wants_colour(STDOUT_FILENO));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return results.failed() == 0 ? static_cast<int>(exit_code::fine) : 1;
}

}  // namespace ferroway::cli
