#include <unordered_set>

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

void name_routes(std::vector<draft_route>& routes) {
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

// An upstream that stands in a route is named after it.
void name_upstreams(draft& all) {
  name_set taken;
  std::unordered_map<std::string, std::size_t> next;
  for (const draft_upstream& each : all.upstreams) {
    if (!each.in_place) taken.insert(each.value.name);
  }
  for (const draft_route& each : all.routes) {
    if (!each.value.upstream) continue;
    draft_upstream& target = all.upstreams[*each.value.upstream];
    if (target.in_place) target.value.name = take_name(each.value.name, taken, next);
  }
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

}  // namespace

config finish(draft from) {
  name_routes(from.routes);
  name_upstreams(from);
  config made = std::move(from.value);
  for (draft_upstream& each : from.upstreams) made.upstreams.push_back(std::move(each.value));
  numbering numbers(from.middlewares, made.middlewares);
  made.use = numbers.number(from.use);
  made.routes.reserve(from.routes.size());
  for (draft_route& each : from.routes) {
    each.value.pipeline = numbers.number(each.pipeline);
    made.routes.push_back(std::move(each.value));
  }
  return made;
}

}  // namespace ferroway::config
