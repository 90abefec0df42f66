#include "cli/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/configuration_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/explain/explanation.hpp"
#include "routing/match_order.hpp"

namespace ferroway::cli {
namespace {

using json = nlohmann::ordered_json;

std::vector<std::string> names_of(const config::config& in, const std::vector<std::size_t>& steps) {
  std::vector<std::string> names;
  for (const std::size_t index : steps) names.push_back(in.middlewares[index].name);
  return names;
}

std::vector<std::string> listeners_of(const config::config& in, const config::route& of) {
  std::vector<std::string> names;
  for (const std::size_t index : of.listeners) names.push_back(in.listeners[index].name);
  return names;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : between) + word;
  return all;
}

std::string targets_of(const config::config& in, const config::route& of) {
  if (of.targets.size() == 1) return in.upstreams[of.targets[0].upstream].name;
  std::vector<std::string> parts;
  for (const config::target& each : of.targets) {
    parts.push_back(fmt::format("{} {}", in.upstreams[each.upstream].name, each.weight));
  }
  return joined(parts, ", ");
}

std::string end_of(const config::config& in, const config::route& of) {
  if (of.fixed) return fmt::format("respond {}", of.fixed->status);
  if (of.elsewhere) return fmt::format("redirect {}", of.elsewhere->status);
  if (!of.copies) return targets_of(in, of);
  return fmt::format("{} (copies to {})", targets_of(in, of), in.upstreams[of.copies->to].name);
}

struct row {
  std::array<std::string, 5> cells;
};

std::string as_table(const config::loaded& file, const std::vector<std::size_t>& order) {
  const config::config& in = *file.value;
  std::vector<row> rows{{{"ROUTE", "MATCHES", "PIPELINE", "TO", "LISTENER"}}};
  for (const std::size_t index : order) {
    const config::route& each = in.routes[index];
    const bool everywhere = each.listeners.size() == in.listeners.size();
    rows.push_back({{each.name, summary_of(in, each), joined(names_of(in, each.pipeline), ", "),
                     end_of(in, each), everywhere ? "any" : joined(listeners_of(in, each), ", ")}});
  }
  rows.push_back(
      {{"-", "nothing else (404, 405)", joined(names_of(in, in.use), ", "), "refuse", "any"}});
  const bool one_listener = in.listeners.size() == 1;
  const std::size_t columns = one_listener ? 4 : 5;
  std::array<std::size_t, 5> widths{};
  for (const row& each : rows) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], each.cells[i].size());
  }
  std::string text;
  for (const row& each : rows) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      line += fmt::format("{:<{}}", each.cells[i], i + 1 == columns ? 0 : widths[i] + 2);
    }
    text += line + "\n";
  }
  return text;
}

std::string as_json(const config::loaded& file, const std::vector<std::size_t>& order) {
  const config::config& in = *file.value;
  json routes = json::array();
  for (const std::size_t index : order) {
    const config::route& each = in.routes[index];
    routes.push_back({{"name", each.name},
                      {"place", place_of(file, index)},
                      {"matches", summary_of(in, each)},
                      {"listeners", listeners_of(in, each)},
                      {"pipeline", names_of(in, each.pipeline)},
                      {"to", end_of(in, each)}});
  }
  const json made{{"routes", std::move(routes)}, {"otherwise", names_of(in, in.use)}};
  return made.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

int routes(const routes_options& options) {
  const std::optional<std::string> file = configuration_file(options.file);
  if (!file) return static_cast<int>(exit_code::bad_usage);
  const config::loaded outcome = load_servable(*file);
  if (!outcome.value) {
    show_diagnostics(outcome);
    return static_cast<int>(exit_code::configuration_invalid);
  }
  const std::vector<std::size_t> order = routing::match_order(outcome.value->routes);
  const std::string text = options.json ? as_json(outcome, order) : as_table(outcome, order);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return static_cast<int>(exit_code::fine);
}

}  // namespace ferroway::cli
