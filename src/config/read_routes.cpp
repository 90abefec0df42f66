// `routes`: groups are flattened, every route gets the whole of what holds for it.
#include <algorithm>

#include "config/host_pattern.hpp"
#include "config/open_routes.hpp"
#include "config/readers.hpp"
#include "config/substitute.hpp"

namespace ferroway::config {
namespace {

// What a group says for all routes in it.
struct scope {
  std::string host;
  std::string host_capture;
  bool substituted = false;  // the host came from outside
  bool said_open = false;    // `without` has taken away what protects
  draft_pipeline pipeline;
  std::optional<std::vector<std::size_t>> listeners;
  http::path_ambiguities allowed_in_path;
  route_timeouts timeouts;
};

void read_host(reading& in, const node& from, scope& into) {
  const auto text = read_text(in, from, "host", "a host such as api.example.com");
  if (!text) return;
  host_check checked = check_host_pattern(*text);
  if (!checked.problem.empty()) {
    in.report.error(from.at, "`host`: " + checked.problem + ": " + shown(from.text),
                    std::move(checked.hint));
  } else if (!into.host.empty()) {
    in.report.error(from.at, "the group around this has a `host` already",
                    "say `host` in one of them");
  } else {
    into.host = std::move(checked.pattern);
    remember_as(in, from, into.host);
    into.host_capture = std::move(checked.capture);
    into.substituted = is_substituted(from);
  }
}

void read_timeouts(reading& in, const node& from, route_timeouts& into) {
  if (!is_mapping(in, from, "timeouts", "timeouts such as {response: 30s}")) return;
  const fields all(in, from, keys::route_timeouts);
  all.read("request", into.request);
  all.read("response", into.response);
  all.read("idle", into.idle);
  all.read("tunnel", into.tunnel);
}

std::vector<std::size_t> every_listener(const draft& all) {
  std::vector<std::size_t> indices(all.value.listeners.size());
  for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = i;
  return indices;
}

void add_listener(reading& in, const node& from, const draft& all, std::vector<std::size_t>& into) {
  const auto name =
      read_text(in, from, "listener", "any, the name of a listener, or a list of names");
  if (!name) return;
  const auto found = all.listener_names.find(*name);
  if (found == all.listener_names.end()) {
    std::vector<std::string_view> names;
    for (const auto& each : all.listener_names) names.push_back(each.first);
    in.report.error(from.at, "no listener is called " + shown(from.text),
                    in.report.full() ? "" : did_you_mean(*name, names));
  } else if (std::ranges::find(into, found->second) != into.end()) {
    in.report.error(from.at, "the listener " + shown(from.text) + " stands here twice");
  } else {
    into.push_back(found->second);
  }
}

void read_listener(reading& in, const node& from, const draft& all, scope& into) {
  if (from.is_scalar() && from.text == "any") {
    into.listeners = every_listener(all);
    return;
  }
  std::vector<std::size_t> chosen;
  if (from.is_list()) {
    if (!is_filled_list(in, from, "listener", "names of listeners")) return;
    for (const node* item : from.items) add_listener(in, *item, all, chosen);
  } else {
    add_listener(in, from, all, chosen);
  }
  std::ranges::sort(chosen);
  into.listeners = std::move(chosen);
}

// True when `without` names what decides, around it, who may ask.
bool takes_protection(const node& without, const draft_pipeline& around, const draft& all) {
  return std::ranges::any_of(around, [&](const pipeline_step& step) {
    const draft_middleware& one = all.middlewares[step.instance];
    return one.found_by_name && is_protection(one.value) &&
           std::ranges::any_of(without.items, [&](const node* item) {
             return item->is_scalar() && item->text == one.value.name;
           });
  });
}

// What groups and routes have in common.
scope read_scope(reading& in, const fields& all, const scope& around, draft& into) {
  scope made = around;
  if (const node* host = all.find("host")) read_host(in, *host, made);
  if (const node* timeouts = all.find("timeouts")) read_timeouts(in, *timeouts, made.timeouts);
  if (const node* allow = all.find("allow_in_path")) {
    made.allowed_in_path = read_allow_in_path(in, *allow).value_or(http::path_ambiguities());
  }
  if (const node* listener = all.find("listener")) read_listener(in, *listener, into, made);
  made.pipeline = read_pipeline(in, all.find("use"), all.find("without"), around.pipeline, into);
  if (const node* without = all.find("without")) {
    made.said_open = made.said_open || takes_protection(*without, around.pipeline, into);
  }
  return made;
}

// Exactly one thing ends a route.
void read_end(reading& in, const node& from, const fields& all, draft_route& made, draft& into) {
  route& value = made.value;
  const node* first = nullptr;
  for (const std::string_view end : {"to", "respond", "redirect"}) {
    const node* found = all.find(end);
    if (found == nullptr) continue;
    if (first != nullptr) {
      in.report.error(all.at(end), "`to`, `respond` and `redirect` exclude each other",
                      "exactly one of them ends a route");
      return;
    }
    first = found;
    if (end == "to") read_targets(in, *found, value, into);
    if (end == "respond") {
      if (auto fixed = read_respond(in, *found)) value.fixed = std::move(*fixed);
    }
    if (end == "redirect") read_redirect(in, *found, made);
  }
  if (first == nullptr && !all.meant("to") && !all.meant("respond") && !all.meant("redirect")) {
    in.report.error(from.at, "this route ends nowhere", "say `to`, `respond` or `redirect`");
  }
}

// What says how requests are sent on has no meaning where the gateway answers itself.
void read_sending(reading& in, const fields& all, draft_route& made, draft& into) {
  route& value = made.value;
  for (const std::string_view key : {"websocket", "rewrite", "stick_by", "retry", "mirror"}) {
    if (!all.has(key) || all.has("to")) continue;
    if (all.has("respond") || all.has("redirect")) {
      in.report.error(all.at(key), shown(key) + " needs `to`",
                      key == "websocket" ? "a fixed answer opens no WebSocket"
                                         : "an answer of the gateway goes to no upstream");
    }
  }
  if (const node* websocket = all.find("websocket")) {
    value.websocket = read_switch(in, *websocket, "websocket").value_or(true);
  }
  if (const node* retry = all.find("retry")) value.again = read_retry(in, *retry);
  if (const node* rewrite = all.find("rewrite")) read_rewrite(in, *rewrite, made);
  if (const node* mirror = all.find("mirror")) value.copies = read_mirror(in, *mirror, value, into);
  if (const node* stick = all.find("stick_by")) {
    read_stick_by(in, *stick, made);
    if (value.targets.size() == 1) {
      in.report.error(all.at("stick_by"), "`stick_by` chooses among several upstreams",
                      "give `to` several, such as {users: 90, users_next: 10}");
    }
  }
}

// The node itself, or one directly in it.
bool came_from_outside(const node& what) {
  return is_substituted(what) ||
         std::ranges::any_of(what.items, [](const node* each) { return is_substituted(*each); });
}

void read_route(reading& in, const node& from, const scope& around, draft& into) {
  const fields all(in, from, keys::route);
  const scope here = read_scope(in, all, around, into);
  draft_route made;
  route& value = made.value;
  value.at = from.at;
  if (const node* name = all.find("name")) {
    value.name = read_name(in, *name, "name").value_or("");
    made.name_at = name->at;
  }
  value.host = here.host;
  const node* path = all.find("path");
  if (path != nullptr) read_path(in, *path, here.host_capture, value);
  if (const node* methods = all.find("methods")) read_methods(in, *methods, value.methods);
  if (const node* headers = all.find("headers")) read_conditions(in, *headers, "headers", value);
  const node* query = all.find("query");
  if (query != nullptr) read_conditions(in, *query, "query", value);
  if (const node* priority = all.find("priority")) {
    value.priority = read_priority(in, *priority).value_or(0);
  }
  read_end(in, from, all, made, into);
  read_sending(in, all, made, into);
  value.allowed_in_path = here.allowed_in_path;
  value.timeouts = here.timeouts;
  made.pipeline = here.pipeline;
  made.said_open = here.said_open;
  made.outside_query = query != nullptr && came_from_outside(*query);
  made.substituted = here.substituted || (path != nullptr && came_from_outside(*path));
  if (here.listeners) {
    value.listeners = *here.listeners;
  } else if (into.value.listeners.size() > 1) {
    in.report.error(from.at, "this route does not say its `listener`",
                    "with two or more listeners, every route or group says `any` or which");
  } else {
    value.listeners = every_listener(into);
  }
  into.routes.push_back(std::move(made));
}

bool has_key(const node& mapping, std::string_view key) {
  for (std::size_t i = 0; i < mapping.items.size(); i += 2) {
    if (mapping.items[i]->is_scalar() && mapping.items[i]->text == key) return true;
  }
  return false;
}

void read_list(reading& in, const node& from, const scope& around, draft& into) {
  if (!is_filled_list(in, from, "routes", "routes")) return;
  for (const node* item : from.items) {
    if (!is_mapping(in, *item, "routes", "a route such as {path: /api, to: users}")) continue;
    if (!has_key(*item, "routes")) {
      read_route(in, *item, around, into);
      continue;
    }
    const fields all(in, *item, keys::group);
    const scope here = read_scope(in, all, around, into);
    read_list(in, *all.find("routes"), here, into);
  }
}

}  // namespace

void read_routes(reading& in, const fields& top, const std::vector<const node*>& included,
                 draft& into) {
  into.use = read_pipeline(in, top.find("use"), top.find("without"), {}, into);
  const node* routes = top.find("routes");
  if (routes == nullptr && included.empty()) {
    if (top.meant("routes")) return;
    const bool elsewhere = top.has("include");
    return in.report.error(top.at(elsewhere ? "include" : "routes"), "no routes",
                           elsewhere
                               ? "neither here nor in an included file"
                               : "such as `routes: [{path: /, to: [http://127.0.0.1:9001]}]`");
  }
  scope everything;
  everything.pipeline = into.use;
  if (routes != nullptr) read_list(in, *routes, everything, into);
  for (const node* more : included) read_list(in, *more, everything, into);
}

}  // namespace ferroway::config
