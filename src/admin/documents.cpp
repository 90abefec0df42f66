#include "admin/documents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "config/load.hpp"
#include "config/yaml_tree.hpp"
#include "http/query.hpp"
#include "telemetry/time_text.hpp"

namespace ferroway::admin {
namespace {

using json = nlohmann::ordered_json;

// Bytes that are not UTF-8 (a file's name in a message, at most) are replaced, never thrown about.
std::string written(const json& from) {
  return from.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

// The long form quotes every text that could be read as something else.
json scalar(const config::node& from) {
  if (!from.plain) return from.text;
  if (from.text == "true") return true;
  if (from.text == "false") return false;
  if (const auto number = parse_decimal(from.text)) return *number;
  if (from.text.starts_with('-')) {
    if (const auto number = parse_decimal(std::string_view(from.text).substr(1))) {
      return -static_cast<std::int64_t>(*number);
    }
  }
  return from.text;
}

json converted(const config::node& from) {
  if (from.is_scalar()) return scalar(from);
  json made = from.is_list() ? json::array() : json::object();
  if (from.is_list()) {
    for (const config::node* item : from.items) made.push_back(converted(*item));
  } else {
    for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
      made[from.items[i]->text] = converted(*from.items[i + 1]);
    }
  }
  return made;
}

template <class Item>
json page_of(const std::vector<Item>& all, std::size_t first, const char* name, auto show) {
  const std::size_t begin = std::min(first, all.size());
  const std::size_t end = begin + std::min(items_a_page, all.size() - begin);
  json made{{"total", all.size()}};
  if (end < all.size()) made["next"] = end;
  json& items = made[name] = json::array();
  for (std::size_t i = begin; i < end; ++i) items.push_back(show(all[i]));
  return made;
}

json path_of(const config::config& in, const config::route& from) {
  const std::string_view pattern = in.outside.shown(from.pattern);
  switch (from.path) {
    case config::path_kind::prefix:
      return pattern;
    case config::path_kind::exact:
      return {{"exact", pattern}};
    case config::path_kind::regex:
      return {{"regex", pattern}};
  }
  return pattern;
}

json end_of(const config::config& in, const config::route& from) {
  if (from.fixed) return {{"respond", from.fixed->status}};
  if (from.elsewhere) return {{"redirect", from.elsewhere->status}};
  json targets = json::array();
  for (const config::target& each : from.targets) {
    targets.push_back({{"upstream", in.upstreams[each.upstream].name}, {"weight", each.weight}});
  }
  json made{{"to", std::move(targets)}};
  if (from.copies) {
    made["mirror"] = {{"upstream", in.upstreams[from.copies->to].name},
                      {"percent", from.copies->percent}};
  }
  return made;
}

json requests_of(const telemetry::metrics& counted, const std::string& name) {
  const auto stats = counted.known_route(name);
  const telemetry::route_totals totals = stats ? stats->totals() : telemetry::route_totals{};
  json made{{"in_flight", totals.begun - totals.ended()}};
  for (std::size_t i = 0; i < totals.by_class.size(); ++i) {
    made[std::string(telemetry::status_classes[i])] = totals.by_class[i];
  }
  return made;
}

json route_document(const config::config& in, const telemetry::metrics& counted,
                    const config::route& from) {
  json pipeline = json::array();
  for (const std::size_t index : from.pipeline) pipeline.push_back(in.middlewares[index].name);
  json listeners = json::array();
  for (const std::size_t index : from.listeners) listeners.push_back(in.listeners[index].name);
  return {{"name", from.name},
          {"host", in.outside.shown(from.host)},
          {"path", path_of(in, from)},
          {"methods", from.methods},
          {"listeners", std::move(listeners)},
          {"pipeline", std::move(pipeline)},
          {"end", end_of(in, from)},
          {"requests", requests_of(counted, from.name)}};
}

std::string time_text(wall_time at) {
  std::string text(telemetry::time_text_bytes, '0');
  telemetry::write_time(at, text.data());
  return text;
}

void add_figures(const telemetry::metrics& counted, const std::string& upstream,
                 const io::address& at, json& made) {
  const auto stats = counted.known_endpoint(upstream, at.text());
  if (!stats) return;
  made["state"] = telemetry::to_string(stats->is());
  made["why"] = stats->why();
  // The epoch: since it began.
  if (stats->since() != wall_time{}) made["since"] = time_text(stats->since());
  const telemetry::endpoint_totals totals = stats->totals();
  made["picks"] = totals.picks;
  made["failures"] = totals.failures;
  made["ejections"] = totals.ejections;
  if (stats->limit() > 0) made["limit"] = stats->limit();
  made["checks"] = {{"passed", totals.checks_passed}, {"failed", totals.checks_failed}};
}

json time_or_null(wall_time at) { return at == wall_time{} ? json(nullptr) : json(time_text(at)); }

// What the name of an endpoint stands for, each with its figures. One without them is not used: it
// stands for another endpoint too, or would be the gateway's own.
void add_places(const telemetry::metrics& counted, const std::string& upstream,
                const config::endpoint& from, json& made) {
  const auto stats = counted.known_name(from.lookup());
  const telemetry::name_state state = stats ? stats->state() : telemetry::name_state{};
  made["resolved_at"] = time_or_null(state.resolved_at);
  if (state.failing) made["failure"] = {{"at", time_text(state.failed_at)}, {"why", state.failure}};
  json& all = made["addresses"] = json::array();
  for (const telemetry::name_state::place& each : state.places) {
    const auto at = io::address::of_ip(each.ip, each.port != 0 ? each.port : from.port);
    json one{{"address", at.text()},
             {"weight", from.weight * each.weight},
             {"priority", from.priority + each.priority}};
    if (each.other) one["other"] = io::address::of_ip(*each.other, at.port()).text();
    add_figures(counted, upstream, at, one);
    all.push_back(std::move(one));
  }
}

json endpoint_document(const config::config& in, const telemetry::metrics& counted,
                       const config::upstream& of, const config::endpoint& from) {
  json made{
      {"url", in.outside.shown(from.url)}, {"weight", from.weight}, {"priority", from.priority}};
  if (from.is_name()) {
    add_places(counted, of.name, from, made);
  } else {
    add_figures(counted, of.name, from.address, made);
  }
  return made;
}

json upstream_document(const config::config& in, const telemetry::metrics& counted,
                       const config::upstream& from) {
  json endpoints = json::array();
  for (const config::endpoint& each : from.endpoints) {
    endpoints.push_back(endpoint_document(in, counted, from, each));
  }
  const auto stats = counted.known_upstream(from.name);
  const telemetry::upstream_totals totals = stats ? stats->totals() : telemetry::upstream_totals{};
  json made{
      {"name", from.name},
      {"endpoints", std::move(endpoints)},
      {"connections",
       {{"made", totals.connected}, {"failed", totals.connect_failed}, {"reused", totals.reused}}},
      {"retries", totals.retries}};
  if (totals.limited) {
    made["requests"] = {{"in_flight", totals.in_flight},
                        {"pending", totals.pending},
                        {"queued", totals.queued},
                        {"refused", totals.refused},
                        {"waited_in_vain", totals.waited_in_vain}};
  }
  return made;
}

json findings(const reload_outcome& from, config::severity level) {
  json list = json::array();
  for (const config::diagnostic& each : from.diagnostics) {
    if (each.level != level) continue;
    const bool known = each.at.file < from.sources.size();
    list.push_back({{"file", known ? from.sources[each.at.file] : ""},
                    {"line", each.at.line},
                    {"column", each.at.column},
                    {"message", each.message},
                    {"hint", each.hint}});
  }
  return list;
}

}  // namespace

result<std::size_t> first_item(exchange& ex) {
  const auto given = http::query_parameter(ex.request.query, "from", ex.memory);
  if (!given) return std::size_t{0};
  const auto number = parse_decimal(*given);
  if (!number) return fail(fault::malformed, side::client, "`from` is a number");
  return static_cast<std::size_t>(*number);
}

std::optional<std::string> config_document(const config::config& from, std::uint64_t generation) {
  config::reporter report;
  const std::string text =
      config::print_long_form(from);  // outlives the tree, which points into it
  const config::yaml_tree tree = config::parse_yaml(text, report);
  if (tree.root == nullptr) return std::nullopt;
  return written({{"generation", generation}, {"config", converted(*tree.root)}});
}

std::string routes_document(const config::config& from, const telemetry::metrics& counted,
                            std::size_t first) {
  return written(page_of(from.routes, first, "routes", [&](const config::route& each) {
    return route_document(from, counted, each);
  }));
}

std::string upstreams_document(const config::config& from, const telemetry::metrics& counted,
                               std::size_t first) {
  return written(page_of(from.upstreams, first, "upstreams", [&](const config::upstream& each) {
    return upstream_document(from, counted, each);
  }));
}

std::string reload_document(const reload_outcome& from) {
  json made{{"ok", from.ok}, {"generation", from.generation}, {"at", time_text(from.at)}};
  json& changes = made["changes"] = json::array();
  for (const config::change& each : from.changes) {
    changes.push_back({{"part", config::to_string(each.of)},
                       {"name", each.name},
                       {"what", config::to_string(each.is)}});
  }
  made["errors"] = findings(from, config::severity::error);
  made["warnings"] = findings(from, config::severity::warning);
  return written(made);
}

std::string no_reload_document(std::uint64_t generation) {
  return written({{"ok", nullptr}, {"generation", generation}});
}

}  // namespace ferroway::admin
