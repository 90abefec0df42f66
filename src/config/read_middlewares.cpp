// `middlewares`, and `use` and `without` wherever they stand.
#include <algorithm>

#include "config/readers.hpp"

namespace ferroway::config {
namespace {

bool needs_no_settings(std::string_view kind) {
  return kind == "request_id" || kind == "access_log";
}

void set_plain(middleware& made) {
  if (made.kind == "request_id") {
    made.settings = request_id_middleware{};
  } else {
    made.settings = access_log_middleware{};
  }
}

// Reports a kind that nobody knows or that is not supported yet.
bool is_working_kind(reading& in, const node& kind) {
  const auto kinds = middleware_kinds();
  const auto known = std::ranges::find(kinds, kind.text, &known_key::name);
  if (known == kinds.end()) {
    std::vector<std::string_view> names;
    for (const known_key& each : kinds) names.push_back(each.name);
    std::string hint = did_you_mean(kind.text, names);
    if (hint.empty())
      hint = "the kinds are request_id, access_log, request_headers, response_headers";
    in.report.error(kind.at, "unknown kind of middleware " + shown(kind.text), std::move(hint));
    return false;
  }
  if (!known->works) {
    in.report.error(kind.at, "the middleware " + shown(kind.text) + " is not supported yet");
  }
  return known->works;
}

bool read_settings(reading& in, const node& from, draft_middleware& into) {
  middleware& made = into.value;
  if (needs_no_settings(made.kind)) {
    set_plain(made);
    if (from.is_null()) return true;
    if (!is_mapping(in, from, made.kind, "{}: it has no settings")) return false;
    const fields all(in, from, keys::none);
    return true;
  }
  const bool request = made.kind == "request_headers";
  auto edits = read_header_edits(in, from, made.kind, {true, request}, into.variables);
  if (!edits) return false;
  if (request) {
    made.settings = request_headers_middleware{std::move(*edits)};
  } else {
    made.settings = response_headers_middleware{std::move(*edits)};
  }
  return true;
}

// One name of `use` to the instance it stands for.
std::optional<std::size_t> resolve(reading& in, const node& item, draft& into) {
  const auto name = read_text(in, item, "use", "the name of a middleware");
  if (!name) return std::nullopt;
  if (const auto found = into.middleware_names.find(*name); found != into.middleware_names.end()) {
    return found->second;
  }
  if (auto made = bare_middleware(*name, item.at)) {
    into.middleware_names.emplace(*name, into.middlewares.size());
    into.middlewares.push_back(std::move(*made));
    return into.middlewares.size() - 1;
  }
  const auto kinds = middleware_kinds();
  const auto kind = std::ranges::find(kinds, *name, &known_key::name);
  if (kind != kinds.end() && !kind->works) {
    in.report.error(item.at, "the middleware " + shown(*name) + " is not supported yet");
  } else if (kind != kinds.end()) {
    in.report.error(item.at, shown(*name) + " has nothing to go by",
                    "give it settings: `" + *name + ": {set: {...}}`");
  } else {
    std::vector<std::string_view> names = working_names(kinds);
    for (const auto& each : into.middleware_names) names.push_back(each.first);
    in.report.error(item.at, "no middleware is called " + shown(item.text),
                    in.report.full() ? "" : did_you_mean(*name, names));
  }
  return std::nullopt;
}

std::optional<std::size_t> read_use_item(reading& in, const node& item, draft& into) {
  if (!item.is_mapping()) return resolve(in, item, into);
  auto made = read_middleware(in, item);
  if (!made) return std::nullopt;
  into.middlewares.push_back(std::move(*made));
  return into.middlewares.size() - 1;
}

void take_away(reading& in, const node& without, draft_pipeline& from, const draft& all) {
  if (!is_filled_list(in, without, "without", "names of middlewares")) return;
  for (const node* item : without.items) {
    const auto name = read_text(in, *item, "without", "the name of a middleware");
    if (!name) continue;
    const auto known = all.middleware_names.find(*name);
    if (known != all.middleware_names.end() && !known->second) continue;  // its own error is told
    const auto found = std::ranges::find_if(from, [&](const pipeline_step& step) {
      return known != all.middleware_names.end() && step.instance == *known->second;
    });
    if (found != from.end()) {
      from.erase(found);
      continue;
    }
    std::vector<std::string_view> names;
    for (const pipeline_step& step : from) {
      if (all.middlewares[step.instance].found_by_name) {
        names.push_back(all.middlewares[step.instance].value.name);
      }
    }
    in.report.error(item->at, "`without` names " + shown(item->text) + ", which is not in effect",
                    did_you_mean(*name, names));
  }
}

}  // namespace

std::optional<draft_middleware> bare_middleware(std::string_view kind, position at) {
  if (!needs_no_settings(kind)) return std::nullopt;
  draft_middleware made;
  made.value.name = made.value.kind = kind;
  made.value.at = at;
  made.found_by_name = true;
  set_plain(made.value);
  return made;
}

std::optional<draft_middleware> read_middleware(reading& in, const node& from) {
  if (from.is_scalar() && needs_no_settings(from.text)) return bare_middleware(from.text, from.at);
  if (!from.is_mapping() || from.items.size() != 2 || !from.items[0]->is_scalar()) {
    expected(in, from, "middleware", "one kind and its settings, such as {request_headers: {...}}");
    return std::nullopt;
  }
  const node& kind = *from.items[0];
  if (!is_working_kind(in, kind)) return std::nullopt;
  draft_middleware made;
  made.value.name = made.value.kind = kind.text;
  made.value.at = from.at;
  if (!read_settings(in, *from.items[1], made)) return std::nullopt;
  return made;
}

void read_middlewares(reading& in, const node* from, draft& into) {
  if (from == nullptr) return;
  constexpr std::string_view what = "names and middlewares, such as {ids: {request_id: {}}}";
  if (!is_mapping(in, *from, "middlewares", what)) return;
  for (std::size_t i = 0; i + 1 < from->items.size(); i += 2) {
    const node& key = *from->items[i];
    if (key.is_scalar() && key.text.starts_with("x-")) continue;
    const auto name = key.is_scalar() ? read_name(in, key, "middlewares") : std::nullopt;
    if (!name || into.middleware_names.contains(*name)) continue;
    auto made = read_middleware(in, *from->items[i + 1]);
    if (!made) {
      into.middleware_names.emplace(*name, std::nullopt);
      continue;
    }
    made->value.name = *name;
    made->value.at = key.at;
    made->found_by_name = true;
    into.middleware_names.emplace(*name, into.middlewares.size());
    into.middlewares.push_back(std::move(*made));
  }
}

draft_pipeline read_pipeline(reading& in, const node* use, const node* without,
                             const draft_pipeline& inherited, draft& into) {
  draft_pipeline steps = inherited;
  if (without != nullptr) take_away(in, *without, steps, into);
  if (use == nullptr || !is_filled_list(in, *use, "use", "middlewares")) return steps;
  for (const node* item : use->items) {
    const auto instance = read_use_item(in, *item, into);
    if (!instance) continue;
    into.middlewares[*instance].referred_to = true;
    const auto same = std::ranges::find(steps, *instance, &pipeline_step::instance);
    if (same == steps.end()) {
      steps.push_back({*instance, item->at});
    } else {
      in.report.error(item->at,
                      shown(into.middlewares[*instance].value.name) + " is in effect here already",
                      "since line " + std::to_string(same->at.line));
    }
  }
  return steps;
}

}  // namespace ferroway::config
