// The readers, one for each part of the file. Each takes the node that stands under its key (null:
// absent), reports everything that is wrong with it, and puts what is right into the draft. Order
// matters: listeners, upstreams and middlewares before routes, which refer to them.
#pragma once

#include "config/draft.hpp"
#include "config/fields.hpp"
#include "config/reading.hpp"

namespace ferroway::config {

void read_process(reading& in, const fields& top,
                  draft& into);  // version, workers, io, drain_timeout, admin, watch
void read_listeners(reading& in, const fields& top, draft& into);
void read_upstreams(reading& in, const node* from, draft& into);
void read_middlewares(reading& in, const node* from, draft& into);
void read_routes(reading& in, const fields& top,
                 draft& into);  // `routes`, and the top level's `use`

// One endpoint's URL, as it stands in an upstream or in a route.
std::optional<endpoint> read_endpoint(reading& in, const node& from, std::string_view key);
// A text that is meant as a URL rather than a name.
bool looks_like_url(std::string_view text);
// Endpoints that stand in a route.
std::optional<upstream> read_upstream_in_place(reading& in, const node& from);

// `inherited` less what `without` names, then what `use` names (either may be null).
draft_pipeline read_pipeline(reading& in, const node* use, const node* without,
                             const draft_pipeline& inherited, draft& into);

// The settings of one middleware, from `{kind: settings}`.
std::optional<draft_middleware> read_middleware(reading& in, const node& from);
// The instance that a bare kind makes, if it is one that needs no settings.
std::optional<draft_middleware> bare_middleware(std::string_view kind, position at);

struct header_rules {
  bool variables = true;
  bool request = true;  // else a response's
};
// The name of a header that a configuration may set or remove.
std::optional<std::string> read_header_name(reading& in, const node& key,
                                            const header_rules& rules);
std::optional<header_edits> read_header_edits(reading& in, const node& from, std::string_view kind,
                                              const header_rules& rules,
                                              std::vector<used_variable>& variables);
std::optional<respond> read_respond(reading& in, const node& from);

}  // namespace ferroway::config
