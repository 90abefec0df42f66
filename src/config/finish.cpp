#include <algorithm>
#include <set>
#include <unordered_set>

#include "config/middlewares.hpp"
#include "config/validate.hpp"

namespace ferroway::config {
namespace {

using name_set = std::unordered_set<std::string>;

// `wanted`, or `wanted-2`, `wanted-3` ... whichever is free; takes it. `next` remembers where to go
// on.
std::string take_name(const std::string& wanted, name_set& taken,
                      std::unordered_map<std::string, std::size_t>& next) {
  std::string name = wanted;
  std::size_t& number = next.try_emplace(wanted, 2).first->second;
  while (!taken.insert(name).second) name = wanted + "-" + std::to_string(number++);
  return name;
}

void name_routes(std::deque<draft_route>& routes) {
  name_set taken;
  std::unordered_map<std::string, std::size_t> next;
  for (const draft_route& each : routes) {
    if (!each.value.name.empty()) taken.insert(each.value.name);
  }
  for (std::size_t i = 0; i < routes.size(); ++i) {
    route& each = routes[i].value;
    if (each.name.empty()) each.name = take_name("route-" + std::to_string(i + 1), taken, next);
  }
}

// What a middleware asks is named after it where it stands in place, and known to it by name.
void name_services(draft& all, name_set& taken,
                   std::unordered_map<std::string, std::size_t>& next) {
  for (draft_middleware& each : all.middlewares) {
    if (!each.upstream) continue;
    draft_upstream& asked = all.upstreams[*each.upstream];
    if (asked.in_place) asked.value.name = take_name(each.value.name, taken, next);
    middleware_settings made = *each.value.settings;
    std::get<forward_auth_middleware>(made.as).upstream = asked.value.name;
    each.value.settings = std::make_shared<const middleware_settings>(std::move(made));
  }
}

// An upstream that stands in a route is named after it.
void name_upstreams(draft& all) {
  name_set taken;
  std::unordered_map<std::string, std::size_t> next;
  for (const draft_upstream& each : all.upstreams) {
    if (!each.in_place) taken.insert(each.value.name);
  }
  for (const draft_route& each : all.routes) {
    if (each.value.targets.size() != 1) continue;
    draft_upstream& target = all.upstreams[each.value.targets[0].upstream];
    if (target.in_place) target.value.name = take_name(each.value.name, taken, next);
  }
  for (const draft_route& each : all.routes) {
    if (!each.value.copies) continue;
    draft_upstream& copied_to = all.upstreams[each.value.copies->to];
    if (copied_to.in_place) {
      copied_to.value.name = take_name(each.value.name + "-mirror", taken, next);
    }
  }
  name_services(all, taken, next);
}

// Numbers instances by their first use; those that no pipeline holds are left behind.
class numbering {
 public:
  numbering(std::vector<draft_middleware>& from, std::vector<middleware>& to)
      : from_(from), to_(to), numbers_(from.size()) {
    for (const draft_middleware& each : from) {
      if (each.found_by_name) taken_.insert(each.value.name);
    }
  }

  std::vector<std::size_t> number(const draft_pipeline& steps) {
    std::vector<std::size_t> indices;
    indices.reserve(steps.size());
    for (const pipeline_step& step : steps) indices.push_back(number(step.instance));
    return indices;
  }

 private:
  std::size_t number(std::size_t instance) {
    std::optional<std::size_t>& known = numbers_[instance];
    if (known) return *known;
    draft_middleware& used = from_[instance];
    if (!used.found_by_name) used.value.name = take_name(used.value.name, taken_, next_);
    known = to_.size();
    to_.push_back(std::move(used.value));
    return *known;
  }

  std::vector<draft_middleware>& from_;
  std::vector<middleware>& to_;
  std::vector<std::optional<std::size_t>> numbers_;
  name_set taken_;
  std::unordered_map<std::string, std::size_t> next_;
};

// `cors` goes before whatever can refuse or change a request; those that only take note of it may
// stay in front, so that preflights are logged.
void put_cors_outside(draft_pipeline& steps, const std::vector<draft_middleware>& all) {
  const auto kind_of = [&](const pipeline_step& step) -> std::string_view {
    return all[step.instance].value.kind;
  };
  const auto cors = std::ranges::find(steps, cors_kind, kind_of);
  if (cors == steps.end()) return;
  const auto first = std::find_if(steps.begin(), cors, [&](const pipeline_step& step) {
    return kind_of(step) != "access_log" && kind_of(step) != "request_id";
  });
  std::rotate(first, cors, cors + 1);
}

void add_claims(const std::vector<used_variable>& used, std::set<std::string>& into) {
  constexpr std::string_view family = "jwt.";
  for (const used_variable& each : used) {
    if (each.name.starts_with(family)) into.insert(each.name.substr(family.size()));
  }
}

// A `jwt` keeps of a token what somebody asks for.
void tell_of_claims(draft& all) {
  std::set<std::string> names;
  for (const draft_middleware& each : all.middlewares) add_claims(each.variables, names);
  for (const draft_route& each : all.routes) add_claims(each.variables, names);
  if (names.empty()) return;
  for (draft_middleware& each : all.middlewares) {
    const auto* jwt = std::get_if<jwt_middleware>(&each.value.settings->as);
    if (jwt == nullptr) continue;
    jwt_middleware told = *jwt;
    told.named.assign(names.begin(), names.end());
    each.value.settings = std::make_shared<const middleware_settings>(std::move(told));
  }
}

// The first of its groups that has a rate.
void add_rate_of(const consumer& who, rate_limit_middleware& into) {
  if (into.rates.contains(who.name)) return;
  for (const std::string& group : who.groups) {
    const auto found = into.group_rates.find(group);
    if (found == into.group_rates.end()) continue;
    into.consumer_rates.emplace(who.name, found->second);
    return;
  }
}

bool wants_to_know(const consumer_rules& rules) {
  return !rules.groups.empty() || std::ranges::any_of(rules.to_headers, [](const auto& each) {
    return each.second == consumer_fact::groups;
  });
}

// Who goes by groups is told who is in them.
void tell_of_consumers(draft& all) {
  if (all.value.consumers.empty()) return;
  for (draft_middleware& each : all.middlewares) {
    const middleware_settings& before = *each.value.settings;
    const auto* limit = std::get_if<rate_limit_middleware>(&before.as);
    const consumer_rules* rules = consumer_rules_of(before);
    const bool concerned =
        limit != nullptr ? !limit->group_rates.empty() : rules != nullptr && wants_to_know(*rules);
    if (!concerned) continue;
    middleware_settings told = before;
    if (auto* rates = std::get_if<rate_limit_middleware>(&told.as)) {
      for (const consumer& who : all.value.consumers) add_rate_of(who, *rates);
    } else {
      consumer_rules_of(told)->known = all.value.consumers;
    }
    each.value.settings = std::make_shared<const middleware_settings>(std::move(told));
  }
}

}  // namespace

config finish(draft from) {
  tell_of_claims(from);
  tell_of_consumers(from);
  name_routes(from.routes);
  name_upstreams(from);
  put_cors_outside(from.use, from.middlewares);
  for (draft_route& each : from.routes) put_cors_outside(each.pipeline, from.middlewares);
  config made = std::move(from.value);
  for (draft_upstream& each : from.upstreams) made.upstreams.push_back(std::move(each.value));
  numbering numbers(from.middlewares, made.middlewares);
  made.use = numbers.number(from.use);
  made.routes.reserve(from.routes.size());
  for (; !from.routes.empty(); from.routes.pop_front()) {
    draft_route& each = from.routes.front();
    each.value.pipeline = numbers.number(each.pipeline);
    made.routes.push_back(std::move(each.value));
  }
  return made;
}

}  // namespace ferroway::config
