#include "cli/explain/explanation.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ferroway::cli {

std::string place_of(const config::loaded& file, std::size_t route) {
  const config::position at = file.value->routes[route].at;
  if (at.file >= file.sources.size()) return {};
  return file.sources[at.file].name + ":" + std::to_string(at.line);
}

std::string summary_of(const config::config& in, const config::route& route) {
  const auto shown = [&](const std::string& value) { return std::string(in.outside.shown(value)); };
  std::string text = shown(route.host);
  if (route.path == config::path_kind::regex) {
    text += (text.empty() ? "~ " : " ~ ") + shown(route.pattern);
  } else {
    text += shown(route.pattern);
    if (route.path == config::path_kind::exact) text += " (exact)";
  }
  for (std::size_t i = 0; i < route.methods.size(); ++i) {
    text += (i == 0 ? " " : ", ") + route.methods[i];
  }
  for (const auto* list : {&route.headers, &route.query}) {
    for (const config::condition& one : *list) {
      using kind = config::condition::kind;
      text += (list == &route.headers ? " header " : " query ") + one.name;
      text += one.is == kind::equals    ? "=" + shown(one.value)
              : one.is == kind::regex   ? "~" + shown(one.value)
              : one.is == kind::present ? " present"
                                        : " absent";
    }
  }
  if (route.priority != 0) text += " priority " + std::to_string(route.priority);
  return text;
}

const std::vector<std::size_t>& pipeline_of(const config::config& in,
                                            const server::rehearsal_outcome& outcome) {
  return outcome.route ? in.routes[*outcome.route].pipeline : in.use;
}

sent_head sent_of(const server::rehearsal_outcome& outcome) {
  sent_head made;
  std::string_view rest = outcome.sent;
  std::string_view line = split_off(rest, '\n');
  made.method = split_off(line, ' ');
  made.target = split_off(line, ' ');
  while (!rest.empty()) {
    std::string_view value = split_off(rest, '\n');
    if (value.ends_with('\r')) value.remove_suffix(1);
    if (value.empty()) break;
    const std::string_view name = split_off(value, ':');
    made.headers.emplace_back(name, trim(value));
  }
  return made;
}

const decision* decision_of(const server::rehearsal_outcome& outcome, std::string_view step) {
  const auto found = std::ranges::find(outcome.decisions, step, &decision::step);
  return found == outcome.decisions.end() ? nullptr : &*found;
}

}  // namespace ferroway::cli
