// The explanation for programs.
#include <nlohmann/json.hpp>

#include "cli/explain/explanation.hpp"

namespace ferroway::cli {
namespace {

using json = nlohmann::ordered_json;

json pairs(const server::header_lines& from) {
  json made = json::array();
  for (const auto& [name, value] : from) made.push_back({{"name", name}, {"value", value}});
  return made;
}

json route_of(const explanation& what) {
  const server::rehearsal_outcome& outcome = what.outcome;
  if (!outcome.route) return nullptr;
  const config::route& won = what.file.value->routes[*outcome.route];
  return {{"name", won.name},
          {"place", place_of(what.file, *outcome.route)},
          {"matches", summary_of(*what.file.value, won)},
          {"captures", pairs(outcome.captures)}};
}

json losers_of(const explanation& what) {
  json made = json::array();
  for (const routing::loser& each : what.losers) {
    made.push_back({{"name", what.file.value->routes[each.route].name},
                    {"place", place_of(what.file, each.route)},
                    {"lost_by", routing::to_string(each.lost)},
                    {"why", each.why}});
  }
  return made;
}

json steps_of(const explanation& what) {
  json made = json::array();
  const config::config& file = *what.file.value;
  for (const std::size_t index : pipeline_of(file, what.outcome)) {
    const config::middleware& step = file.middlewares[index];
    const decision* found = decision_of(what.outcome, step.name);
    json entry{{"name", step.name}, {"kind", step.kind}, {"reached", found != nullptr}};
    if (found != nullptr) {
      entry["verdict"] = found->verdict;
      entry["reason"] = found->reason;
    }
    made.push_back(std::move(entry));
  }
  return made;
}

json decisions_of(const explanation& what) {
  json made = json::array();
  for (const decision& each : what.outcome.decisions) {
    made.push_back({{"step", each.step}, {"verdict", each.verdict}, {"reason", each.reason}});
  }
  return made;
}

json sent_to(const explanation& what) {
  if (what.outcome.upstream.empty()) return nullptr;
  const sent_head head = sent_of(what.outcome);
  return {{"upstream", what.outcome.upstream},
          {"endpoint", what.outcome.endpoint},
          {"method", head.method},
          {"target", head.target},
          {"headers", pairs(head.headers)}};
}

}  // namespace

std::string as_json(const explanation& what) {
  const server::rehearsal_outcome& outcome = what.outcome;
  json made{{"request",
             {{"method", what.asked.method},
              {"target", what.asked.target},
              {"headers", pairs(what.asked.headers)},
              {"path", outcome.path},
              {"client", outcome.client},
              {"listener", what.listener}}},
            {"route", route_of(what)}};
  if (!outcome.route) {
    made["refusal"] = {{"kind", outcome.refusal}, {"detail", outcome.refusal_detail}};
  }
  made["losers"] = losers_of(what);
  made["pipeline"] = steps_of(what);
  made["decisions"] = decisions_of(what);
  made["sent"] = sent_to(what);
  made["answer"] = {{"status", outcome.status}, {"headers", pairs(outcome.headers)}};
  return made.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace ferroway::cli
