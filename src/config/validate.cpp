#include "config/validate.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "config/hidden_routes.hpp"
#include "config/middlewares.hpp"
#include "config/open_routes.hpp"
#include "config/route_cover.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

void check_route_names(const draft& all, reporter& report) {
  std::unordered_map<std::string_view, position> seen;
  for (const draft_route& each : all.routes) {
    if (each.value.name.empty()) continue;
    const auto [first, fresh] = seen.try_emplace(each.value.name, each.name_at);
    if (fresh) continue;
    report.error(each.name_at, "a second route called " + shown(each.value.name),
                 "the first is " + report.place(first->second, each.name_at));
  }
}

bool captures(const std::string& pattern, std::string_view name) {
  if (pattern.find("(?P<" + std::string(name) + ">") != std::string::npos) return true;
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

class variable_check {
 public:
  variable_check(const draft& all, reporter& report) : all_(all), report_(report) {}

  void run() {
    for (const pipeline_step& step : all_.use) check_top_level(step.instance);
    for (const draft_route& each : all_.routes) {
      for (const pipeline_step& step : each.pipeline) {
        check(all_.middlewares[step.instance].variables, each);
      }
      check(each.variables, each);
      for (const target& to : each.value.targets) {
        check(all_.upstreams[to.upstream].variables, each);
      }
      if (each.value.copies) check(all_.upstreams[each.value.copies->to].variables, each);
    }
    // Where something could not be read, what it provides is not known.
    if (report_.failed()) return;
    for (const draft_route& each : all_.routes) {
      check_identities(each.pipeline, &each, each.variables);
    }
    check_identities(all_.use, nullptr, {});
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

  // Who asks is known behind the middleware that finds it out. What is written at the end (logs,
  // answers) may stand in front of it.
  // `where` is null for the top level's `use`.
  void check_identities(const draft_pipeline& steps, const draft_route* where,
                        const std::vector<used_variable>& last) {
    identities whole;
    for (const pipeline_step& step : steps) whole.add(all_.middlewares[step.instance]);
    identities so_far;
    for (const pipeline_step& step : steps) {
      const draft_middleware& each = all_.middlewares[step.instance];
      const std::string& kind = each.value.kind;
      // Logs at the top level's `use` tell of routes with and without.
      if (kind != "access_log") {
        const bool at_the_end = kind == "response_headers";
        check_identities(each.variables, at_the_end ? whole : so_far, whole, where);
      }
      so_far.add(each);
    }
    check_identities(last, whole, whole, where);
  }

  // What the middlewares of a pipeline provide.
  struct identities {
    bool claims = false;
    bool consumer = false;
    void add(const draft_middleware& from) {
      if (consumer_rules_of(*from.value.settings) != nullptr) consumer = true;
      const auto* jwt = std::get_if<jwt_middleware>(&from.value.settings->as);
      if (jwt == nullptr) return;
      claims = true;
      consumer = consumer || !jwt->consumer.empty();
    }
    bool has(std::string_view name) const { return name == "consumer" ? consumer : claims; }
  };

  void check_identities(const std::vector<used_variable>& used, const identities& known,
                        const identities& whole, const draft_route* where) {
    for (const used_variable& variable : used) {
      if (!is_identity(variable.name) || known.has(variable.name)) continue;
      if (!told_.insert(&variable).second) continue;
      const bool consumer = variable.name == "consumer";
      const std::string provider =
          consumer ? "an `api_key`, a `basic_auth`, an `hmac` or a `jwt` with `consumer`"
                   : "a `jwt`";
      const std::string place =
          where == nullptr
              ? "the top level's `use`"
              : "the route " + described(*where, report_.place(where->value.at, variable.at));
      report_.error(variable.at, "`" + variable.name + "` is used before it is known, in " + place,
                    whole.has(variable.name) ? "put " + provider + " in front of what uses it"
                                             : "nothing there provides it: use " + provider);
    }
  }

  void check(const std::vector<used_variable>& used, const draft_route& where) {
    for (const used_variable& variable : used) {
      if (is_known_on(variable, where.value) || !told_.insert(&variable).second) continue;
      const bool path = variable.name.starts_with("path.");
      report_.error(variable.at,
                    "`${" + variable.name + "}` is not a capture of the route " +
                        described(where, report_.place(where.value.at, variable.at)) +
                        ", which uses it",
                    path ? "write it into the path, such as /users/{id}"
                         : "write it into the host, such as {tenant}.example.com");
    }
  }

  const draft& all_;
  reporter& report_;
  std::unordered_set<const used_variable*> told_;
};

// A group that nobody is in is a slip of the fingers: it would let nobody pass.
void check_groups(const draft& all, reporter& report) {
  std::unordered_set<std::string_view> groups;
  for (const consumer& each : all.value.consumers)
    groups.insert(each.groups.begin(), each.groups.end());
  for (const draft_middleware& each : all.middlewares) {
    for (const used_variable& group : each.groups) {
      if (groups.contains(group.name)) continue;
      std::string hint = did_you_mean(group.name, {groups.begin(), groups.end()});
      if (hint.empty()) hint = "groups stand in `consumers`, such as {acme: [gold]}";
      report.error(group.at, "no consumer is in the group " + shown(group.name), std::move(hint));
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
  check_groups(all, report);
  variable_check(all, report).run();
  if (report.failed()) return;  // warnings would be guesses
  warn_of_hidden_routes(all, report);
  warn_of_open_routes(all, report);
  warn_of_unused(all, report);
}

}  // namespace ferroway::config
