#include "cli/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/configuration_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_text.hpp"

namespace ferroway::cli {
namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string count(std::size_t number, const char* noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string summary(const std::string& file, const config::config& what) {
  return fmt::format("{}: fine ({}, {}, {})\n", file, count(what.listeners.size(), "listener"),
                     count(what.routes.size(), "route"), count(what.upstreams.size(), "upstream"));
}

std::string as_json(const config::loaded& outcome, const config::diagnostic& found) {
  const bool known = found.at.file < outcome.sources.size();
  return fmt::format(
      R"({{"severity": "{}", "file": {}, "line": {}, "column": {}, "message": {}, "hint": {}}})",
      found.level == config::severity::error ? "error" : "warning",
      json_text(known ? outcome.sources[found.at.file].name : ""), found.at.line, found.at.column,
      json_text(found.message), json_text(found.hint));
}

}  // namespace

std::string diagnostics_as_json(const config::loaded& outcome, bool valid) {
  std::string list;
  for (const config::diagnostic& found : outcome.diagnostics) {
    list += fmt::format("{}\n  {}", list.empty() ? "" : ",", as_json(outcome, found));
  }
  return fmt::format(R"({{"valid": {}, "diagnostics": [{}{}]}}{})", valid, list,
                     list.empty() ? "" : "\n", "\n");
}

int check(const check_options& options) {
  const std::optional<std::string> file = configuration_file(options.file);
  if (!file) return static_cast<int>(exit_code::bad_usage);
  const config::loaded outcome = load_servable(*file);
  const bool valid = outcome.value && (!options.strict || outcome.diagnostics.empty());
  if (options.json) {
    print(diagnostics_as_json(outcome, valid));
  } else {
    show_diagnostics(outcome);
    if (valid)
      print(options.print ? config::print_long_form(*outcome.value)
                          : summary(*file, *outcome.value));
  }
  return static_cast<int>(valid ? exit_code::fine : exit_code::configuration_invalid);
}

}  // namespace ferroway::cli
