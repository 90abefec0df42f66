// `routes`: groups are flattened, every route gets the whole of what holds for it.
#include <algorithm>

#include "config/host_pattern.hpp"
#include "config/path_pattern.hpp"
#include "config/readers.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

// What a group says for all routes in it.
struct scope {
  std::string host;
  std::string host_capture;
  bool substituted = false;  // the host came from outside
  draft_pipeline pipeline;
  std::optional<std::vector<std::size_t>> listeners;
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
    into.host_capture = std::move(checked.capture);
    into.substituted = is_substituted(from);
  }
}

void read_timeouts(reading& in, const node& from, route_timeouts& into) {
  if (!is_mapping(in, from, "timeouts", "timeouts such as {response: 30s}")) return;
  const fields all(in, from, keys::route_timeouts);
  const auto read = [&](std::string_view key, duration& value) {
    if (const node* found = all.find(key)) {
      value = read_duration(in, *found, key).value_or(value);
    }
  };
  if (const node* request = all.find("request")) {
    into.request = read_duration(in, *request, "request");
  }
  read("response", into.response);
  read("idle", into.idle);
  read("tunnel", into.tunnel);
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

// What groups and routes have in common.
scope read_scope(reading& in, const fields& all, const scope& around, draft& into) {
  scope made = around;
  if (const node* host = all.find("host")) read_host(in, *host, made);
  if (const node* timeouts = all.find("timeouts")) read_timeouts(in, *timeouts, made.timeouts);
  if (const node* listener = all.find("listener")) read_listener(in, *listener, into, made);
  made.pipeline = read_pipeline(in, all.find("use"), all.find("without"), around.pipeline, into);
  return made;
}

void read_path(reading& in, const node& from, const scope& around, route& into) {
  const node* text_node = &from;
  if (from.is_mapping() && !from.items.empty() && !from.items[1]->is_null()) {
    const fields all(in, from, keys::path);
    text_node = all.find("exact");
    if (text_node == nullptr) return;
    into.path = path_kind::exact;
  }
  const auto text = read_text(in, *text_node, "path", "a path such as /users or {exact: /health}");
  if (!text) return;
  path_check checked = check_path_pattern(*text, into.path == path_kind::exact);
  const auto refuse = [&](std::string problem, std::string hint) {
    if (is_substituted(*text_node)) {
      in.report.error(text_node->at, "`path`: what " + shown(text_node->text) +
                                         " becomes is not a path of "
                                         "whole segments");
    } else {
      in.report.error(text_node->at, "`path`: " + problem, std::move(hint));
    }
  };
  if (!checked.problem.empty()) return refuse(checked.problem, checked.hint);
  const bool captured_twice =
      !around.host_capture.empty() &&
      std::ranges::find(checked.captures, around.host_capture) != checked.captures.end();
  if (captured_twice) {
    return refuse("the host has a capture called " + shown(around.host_capture) + " already",
                  "name one of them differently");
  }
  const std::size_t host_captures = around.host_capture.empty() ? 0 : 1;
  if (checked.captures.size() + host_captures > captures_max) {
    return refuse("more than " + std::to_string(captures_max) + " captures in one route", "");
  }
  into.pattern = std::move(checked.pattern);
}

void read_methods(reading& in, const node& from, route& into) {
  if (!is_filled_list(in, from, "methods", "methods such as GET")) return;
  for (const node* item : from.items) {
    const auto method = read_text(in, *item, "methods", "a method such as GET");
    if (!method) continue;
    const std::string low = lower_case(*method);
    if (!is_token(*method) || method->size() > 32) {
      expected(in, *item, "methods", "a method such as GET");
    } else if (low == "trace" || low == "connect") {
      in.report.error(item->at, "the method " + shown(item->text) + " is always refused");
    } else if (std::ranges::any_of(*method, [](char c) { return c >= 'a' && c <= 'z'; })) {
      std::string upper(*method);
      std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      in.report.error(item->at, "methods are written in upper case: " + shown(item->text),
                      is_substituted(*item) ? "" : "write `" + upper + "`");
    } else if (std::ranges::find(into.methods, *method) != into.methods.end()) {
      in.report.error(item->at, "the method " + shown(item->text) + " stands here twice");
    } else {
      into.methods.push_back(*method);
    }
  }
}

void refer_to_upstream(reading& in, const node& from, route& made, draft& into) {
  const auto name = read_text(in, from, "to", "the name of an upstream, a URL, or a list of URLs");
  if (!name) return;
  const auto found = into.upstream_names.find(*name);
  if (found != into.upstream_names.end()) {
    made.upstream = found->second;
    into.upstreams[*found->second].referred_to = true;
    return;
  }
  std::string hint;
  if (name->find(':') != std::string::npos || name->find('/') != std::string::npos) {
    hint = "a URL begins with `http://`";
  } else if (!in.report.full()) {
    std::vector<std::string_view> names;
    for (const draft_upstream& each : into.upstreams) {
      if (!each.in_place) names.push_back(each.value.name);
    }
    hint = did_you_mean(*name, names);
  }
  in.report.error(from.at, "no upstream is called " + shown(from.text), std::move(hint));
}

void read_to(reading& in, const node& from, route& made, draft& into) {
  constexpr std::string_view by_weight = "several upstreams by weight are not supported yet";
  if (from.is_mapping() && !from.items[from.items.empty() ? 0 : 1]->is_null()) {
    return in.report.error(from.at, std::string(by_weight), "name one upstream");
  }
  if (from.is_scalar() && !looks_like_url(from.text)) {
    return refer_to_upstream(in, from, made, into);
  }
  if (from.is_list()) {
    if (!is_filled_list(in, from, "to", "URLs")) return;
    const auto named = std::ranges::find_if(from.items, [](const node* item) {
      return item->is_mapping() || (item->is_scalar() && is_name(item->text));
    });
    if (named != from.items.end()) {
      return in.report.error((*named)->at, std::string(by_weight),
                             "a list under `to` holds URLs; name one upstream without a list");
    }
  } else if (!from.is_scalar()) {
    return expected(in, from, "to", "the name of an upstream, a URL, or a list of URLs");
  }
  if (auto upstream = read_upstream_in_place(in, from)) {
    made.upstream = into.upstreams.size();
    into.upstreams.push_back({std::move(*upstream), true, true});
  }
}

// Exactly one thing ends a route.
void read_end(reading& in, const node& from, const fields& all, route& made, draft& into) {
  const node* to = all.find("to");
  const node* respond = all.find("respond");
  if (to != nullptr && respond != nullptr) {
    in.report.error(all.at("respond"), "`to` and `respond` exclude each other",
                    "exactly one of them ends a route");
  } else if (to == nullptr && respond == nullptr && !all.has("redirect") && !all.meant("to") &&
             !all.meant("respond")) {
    in.report.error(from.at, "this route ends nowhere", "say `to` or `respond`");
  }
  if (to != nullptr) read_to(in, *to, made, into);
  if (respond != nullptr) made.fixed = read_respond(in, *respond);
  if (const node* websocket = all.find("websocket")) {
    made.websocket = read_switch(in, *websocket, "websocket").value_or(true);
    if (to == nullptr && respond != nullptr) {
      in.report.error(all.at("websocket"), "`websocket` needs `to`",
                      "a fixed answer opens no WebSocket");
    }
  }
}

bool came_from_outside(const node& path) {
  return is_substituted(path) ||
         std::ranges::any_of(path.items, [](const node* each) { return is_substituted(*each); });
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
  if (path != nullptr) read_path(in, *path, here, value);
  if (const node* methods = all.find("methods")) read_methods(in, *methods, value);
  read_end(in, from, all, value, into);
  value.timeouts = here.timeouts;
  made.pipeline = here.pipeline;
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

void read_routes(reading& in, const fields& top, draft& into) {
  into.use = read_pipeline(in, top.find("use"), top.find("without"), {}, into);
  const node* routes = top.find("routes");
  if (routes == nullptr) {
    if (top.meant("routes")) return;
    return in.report.error(top.at("routes"), "no routes",
                           "such as `routes: [{path: /, to: [http://127.0.0.1:9001]}]`");
  }
  scope everything;
  everything.pipeline = into.use;
  read_list(in, *routes, everything, into);
}

}  // namespace ferroway::config
