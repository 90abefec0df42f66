#include "config/validate.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "config/path_pattern.hpp"

namespace ferroway::config {
namespace {

void check_route_names(const draft& all, reporter& report) {
  std::unordered_map<std::string_view, position> seen;
  for (const draft_route& each : all.routes) {
    if (each.value.name.empty()) continue;
    const auto [first, fresh] = seen.try_emplace(each.value.name, each.name_at);
    if (fresh) continue;
    report.error(each.name_at, "a second route called " + shown(each.value.name),
                 "the first is in line " + std::to_string(first->second.line));
  }
}

bool captures(const std::string& pattern, std::string_view name) {
  const std::string plain = "{" + std::string(name) + "}";
  const std::string tail = "{" + std::string(name) + "...}";
  return pattern.find(plain) != std::string::npos || pattern.find(tail) != std::string::npos;
}

// True where the variable is known on that route.
bool is_known_on(const used_variable& variable, const route& where) {
  const std::string_view name = variable.name;
  if (name.starts_with("path.")) return captures(where.pattern, name.substr(5));
  if (name.starts_with("host.")) return captures(where.host, name.substr(5));
  return true;
}

std::string described(const draft_route& which) {
  const route& value = which.value;
  if (!value.name.empty()) return shown(value.name);
  const std::string line = "in line " + std::to_string(value.at.line);
  return which.substituted ? "the one " + line : shown(value.host + value.pattern) + " " + line;
}

class variable_check {
 public:
  variable_check(const draft& all, reporter& report) : all_(all), report_(report) {}

  void run() {
    for (const pipeline_step& step : all_.use) check_top_level(step.instance);
    for (const draft_route& each : all_.routes) {
      for (const pipeline_step& step : each.pipeline) check_route(step.instance, each);
    }
  }

 private:
  // The top level's `use` runs where no route matched, so nothing was captured.
  void check_top_level(std::size_t instance) {
    for (const used_variable& variable : all_.middlewares[instance].variables) {
      const std::string_view name = variable.name;
      if (!name.starts_with("path.") && !name.starts_with("host.")) continue;
      told_.insert(&variable);
      report_.error(variable.at,
                    "`${" + variable.name +
                        "}` is unknown to the top level's `use`, which runs "
                        "for 404 too",
                    "use this middleware in the routes or groups that capture it");
    }
  }

  void check_route(std::size_t instance, const draft_route& where) {
    for (const used_variable& variable : all_.middlewares[instance].variables) {
      if (is_known_on(variable, where.value) || !told_.insert(&variable).second) continue;
      const bool path = variable.name.starts_with("path.");
      report_.error(variable.at,
                    "`${" + variable.name + "}` is not a capture of the route " + described(where) +
                        ", which uses it",
                    path ? "write it into the path, such as /users/{id}"
                         : "write it into the host, such as {tenant}.example.com");
    }
  }

  const draft& all_;
  reporter& report_;
  std::unordered_set<const used_variable*> told_;
};

bool takes(const std::vector<std::string>& methods, const std::string& method) {
  if (methods.empty() || std::ranges::find(methods, method) != methods.end()) return true;
  return method == "HEAD" && std::ranges::find(methods, "GET") != methods.end();
}

// True when nothing that `later` matches gets past `first`, which has the same host and path.
bool hides(const route& first, const route& later) {
  const bool methods = later.methods.empty()
                           ? first.methods.empty()
                           : std::ranges::all_of(later.methods, [&](const std::string& method) {
                               return takes(first.methods, method);
                             });
  return methods && std::ranges::includes(first.listeners, later.listeners);
}

std::string sample_url(const draft_route& of) {
  if (of.substituted) return {};
  const std::string& host = of.value.host;
  return " such as http://" + (host.empty() ? "any-host" : host) + of.value.pattern;
}

void warn_of_hidden_routes(const draft& all, reporter& report) {
  constexpr std::size_t compared_max = 16;
  std::unordered_map<std::string, std::vector<const draft_route*>> same;
  for (const draft_route& each : all.routes) {
    const route& here = each.value;
    const bool captured = here.host.starts_with('{');
    std::string key = captured ? "*" + here.host.substr(here.host.find('}') + 1) : here.host;
    key += here.path == path_kind::exact ? " = " : " ";
    key += path_shape(here.pattern);
    std::vector<const draft_route*>& earlier = same[key];
    const auto hiding = std::ranges::find_if(
        earlier, [&](const draft_route* first) { return hides(first->value, here); });
    if (hiding != earlier.end()) {
      report.warning(here.at, "this route can never match: " + described(**hiding) + " hides it",
                     "that one, in line " + std::to_string((*hiding)->value.at.line) +
                         ", takes every request" + sample_url(each));
    } else if (earlier.size() < compared_max) {
      earlier.push_back(&each);
    }
  }
}

void warn_of_unused(const draft& all, reporter& report) {
  for (const draft_upstream& each : all.upstreams) {
    if (each.referred_to) continue;
    report.warning(each.value.at, "no route uses the upstream " + shown(each.value.name));
  }
  for (const draft_middleware& each : all.middlewares) {
    if (each.referred_to) continue;
    report.warning(each.value.at, "nothing uses the middleware " + shown(each.value.name));
  }
}

}  // namespace

void validate(const draft& all, reporter& report) {
  check_route_names(all, report);
  variable_check(all, report).run();
  if (report.failed()) return;  // warnings would be guesses
  warn_of_hidden_routes(all, report);
  warn_of_unused(all, report);
}

}  // namespace ferroway::config
