// `middlewares`, and `use` and `without` wherever they stand.
#include <algorithm>
#include <array>
#include <memory>

#include "config/read_middlewares.hpp"

namespace ferroway::config {
namespace {

using settings = std::shared_ptr<const middleware_settings>;

template <class Made>
settings settled(std::optional<Made> made) {
  if (!made) return nullptr;
  return std::make_shared<const middleware_settings>(std::move(*made));
}

template <class Made>
settings by_default() {
  return settled<Made>(Made{});
}

template <class Made>
settings read_nothing(reading& in, const node& from, draft_middleware& into) {
  if (from.is_null()) return by_default<Made>();
  if (!is_mapping(in, from, into.value.kind, "{}: it has no settings")) return nullptr;
  const fields all(in, from, keys::none);
  return by_default<Made>();
}

settings read_request_headers(reading& in, const node& from, draft_middleware& into) {
  auto edits = read_header_edits(in, from, into.value.kind, {true, true}, into.variables);
  return edits ? settled<request_headers_middleware>({{std::move(*edits)}}) : nullptr;
}

settings read_response_headers(reading& in, const node& from, draft_middleware& into) {
  auto edits = read_header_edits(in, from, into.value.kind, {true, false}, into.variables);
  return edits ? settled<response_headers_middleware>({{std::move(*edits)}}) : nullptr;
}

settings read_rate_limit_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_rate_limit(in, from, into));
}

settings read_log(reading& in, const node& from, draft_middleware& into) {
  return settled(read_access_log(in, from, into.variables));
}

settings read_cors_settings(reading& in, const node& from, draft_middleware&) {
  return settled(read_cors(in, from));
}

settings read_security_settings(reading& in, const node& from, draft_middleware&) {
  return settled(read_security_headers(in, from));
}

settings read_ip_filter_settings(reading& in, const node& from, draft_middleware&) {
  return settled(read_ip_filter(in, from));
}

settings read_jwt_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_jwt(in, from, into.variables));
}

settings read_api_key_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_api_key(in, from, into));
}

settings read_basic_auth_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_basic_auth(in, from, into));
}

settings read_hmac_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_hmac(in, from, into));
}

settings read_body_limit_settings(reading& in, const node& from, draft_middleware&) {
  return settled(read_body_limit(in, from));
}

settings read_concurrency_limit_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_concurrency_limit(in, from, into.variables));
}

settings read_error_pages_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_error_pages(in, from, into.variables));
}

settings read_forward_auth_settings(reading& in, const node& from, draft_middleware& into) {
  return settled(read_forward_auth(in, from, into));
}

settings read_compress_settings(reading& in, const node& from, draft_middleware&) {
  return settled(read_compress(in, from));
}

// How each kind's settings are read. `bare`: what its name alone in `use` stands for; nothing where
// it would have nothing to go by.
struct kind_reader {
  std::string_view kind;
  settings (*read)(reading& in, const node& from, draft_middleware& into);
  settings (*bare)() = nullptr;
};

constexpr std::array kind_readers{
    kind_reader{"request_id", read_nothing<request_id_middleware>,
                by_default<request_id_middleware>},
    kind_reader{"access_log", read_log, by_default<access_log_middleware>},
    kind_reader{"request_headers", read_request_headers},
    kind_reader{"response_headers", read_response_headers},
    kind_reader{"rate_limit", read_rate_limit_settings},
    kind_reader{"cors", read_cors_settings},
    kind_reader{"security_headers", read_security_settings,
                by_default<security_headers_middleware>},
    kind_reader{"ip_filter", read_ip_filter_settings},
    kind_reader{"body_limit", read_body_limit_settings},
    kind_reader{"concurrency_limit", read_concurrency_limit_settings},
    kind_reader{"jwt", read_jwt_settings},
    kind_reader{api_key_kind, read_api_key_settings},
    kind_reader{basic_auth_kind, read_basic_auth_settings},
    kind_reader{hmac_kind, read_hmac_settings},
    kind_reader{"compress", read_compress_settings, by_default<compress_middleware>},
    kind_reader{"error_pages", read_error_pages_settings},
    kind_reader{"forward_auth", read_forward_auth_settings},
};

const kind_reader* reader_of(std::string_view kind) {
  const auto* const found = std::ranges::find(kind_readers, kind, &kind_reader::kind);
  return found == kind_readers.end() ? nullptr : found;
}

bool needs_no_settings(std::string_view kind) {
  const kind_reader* found = reader_of(kind);
  return found != nullptr && found->bare != nullptr;
}

void report_later(reading& in, position at, std::string_view kind) {
  in.report.error(at, "the middleware " + shown(kind) + " is not supported yet",
                  kind == "mtls" ? "client certificates come with TLS" : "");
}

// Reports a kind that nobody knows or that is not supported yet.
bool is_working_kind(reading& in, const node& kind) {
  const auto kinds = middleware_kinds();
  const auto known = std::ranges::find(kinds, kind.text, &known_key::name);
  if (known == kinds.end()) {
    std::vector<std::string_view> names;
    for (const known_key& each : kinds) names.push_back(each.name);
    std::string hint = did_you_mean(kind.text, names);
    if (hint.empty()) {
      for (const std::string_view name : working_names(kinds)) {
        hint += (hint.empty() ? "the kinds are " : ", ") + std::string(name);
      }
    }
    in.report.error(kind.at, "unknown kind of middleware " + shown(kind.text), std::move(hint));
    return false;
  }
  if (!known->works) {
    report_later(in, kind.at, kind.text);
  }
  return known->works;
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
    report_later(in, item.at, *name);
  } else if (kind != kinds.end()) {
    in.report.error(item.at, shown(*name) + " has nothing to go by",
                    "give it settings: `" + *name + ": {...}`");
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
  auto made = read_middleware(in, item, into);
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

// Each would answer the preflights alone, and the second replace what the first has granted.
void refuse_second_cors(reading& in, std::size_t instance, position at,
                        const draft_pipeline& before, const draft& all) {
  if (all.middlewares[instance].value.kind != cors_kind) return;
  const auto first = std::ranges::find_if(before, [&](const pipeline_step& step) {
    return all.middlewares[step.instance].value.kind == cors_kind;
  });
  if (first == before.end()) return;
  const draft_middleware& other = all.middlewares[first->instance];
  in.report.error(
      at, "a second `cors` in effect on one route",
      "the first came into effect " + in.report.place(first->at, at) +
          (other.found_by_name ? "; take it away with `without: [" + other.value.name + "]`"
                               : "; give it a name, to take it away with `without`"));
}

// What explain, tests and their coverage call the gateway's own steps.
bool is_free_name(reading& in, const node& key, std::string_view name) {
  constexpr std::array<std::string_view, 8> steps{"route",   "split",    "rewrite", "endpoint",
                                                  "forward", "redirect", "respond", "refuse"};
  if (std::ranges::find(steps, name) == steps.end()) return true;
  in.report.error(key.at, "a middleware cannot be called " + shown(name),
                  "a step of the gateway's own is called so where decisions are shown");
  return false;
}

}  // namespace

std::optional<draft_middleware> bare_middleware(std::string_view kind, position at) {
  if (!needs_no_settings(kind)) return std::nullopt;
  draft_middleware made;
  made.value.name = made.value.kind = kind;
  made.value.at = at;
  made.found_by_name = true;
  made.value.settings = reader_of(kind)->bare();
  return made;
}

std::optional<draft_middleware> read_middleware(reading& in, const node& from, draft& into) {
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
  made.value.settings = reader_of(made.value.kind)->read(in, *from.items[1], made);
  if (made.asks != nullptr) made.upstream = read_service(in, *made.asks, into);
  if (made.value.settings == nullptr || (made.asks != nullptr && !made.upstream)) {
    return std::nullopt;
  }
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
    if (!name) continue;
    if (const auto first = into.middleware_names.find(*name);
        first != into.middleware_names.end()) {
      if (first->second) {
        check_first(in, "middleware", *name, key.at, into.middlewares[*first->second].value.at);
      }
      continue;
    }
    auto made = read_middleware(in, *from->items[i + 1], into);
    if (!is_free_name(in, key, *name)) made.reset();
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
    if (same == steps.end() && steps.size() == pipeline_steps_max) {
      in.report.error(item->at, "more than " + std::to_string(pipeline_steps_max) +
                                    " middlewares are in effect here");
      break;
    }
    if (same != steps.end()) {
      in.report.error(item->at,
                      shown(into.middlewares[*instance].value.name) + " is in effect here already",
                      "it came into effect " + in.report.place(same->at, item->at));
      continue;
    }
    refuse_second_cors(in, *instance, item->at, steps, into);
    steps.push_back({*instance, item->at});
  }
  return steps;
}

}  // namespace ferroway::config
