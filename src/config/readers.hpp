// The readers, one for each part of the file. Each takes the node that stands under its key (null:
// absent), reports everything that is wrong with it, and puts what is right into the draft. Order
// matters: listeners, upstreams and middlewares before routes, which refer to them.
#pragma once

#include "config/draft.hpp"
#include "config/fields.hpp"
#include "config/reading.hpp"

namespace ferroway::config {

void read_process(reading& in, const fields& top,
                  draft& into);  // version, workers, io, drain_timeout, watch
void read_dns(reading& in, const fields& top, dns& into);
void read_admin(reading& in, const fields& top, draft& into);  // admin, probe
// After all else: no listener may have an address of the admin or probe listener, and no endpoint
// may be one of them.
void check_admin(reading& in, const draft& all);
void read_listeners(reading& in, const fields& top, draft& into);
void read_consumers(reading& in, const node* from, draft& into);
std::optional<std::string> read_consumer_name(reading& in, const node& from, std::string_view key);
void read_upstreams(reading& in, const node* from, draft& into);
void read_middlewares(reading& in, const node* from, draft& into);
// `routes`, then those of included files, and the top level's `use`.
void read_routes(reading& in, const fields& top, const std::vector<const node*>& included,
                 draft& into);

// Where to listen. True of `covers` where a socket on `wide` takes what comes for `narrow` too.
std::optional<io::address> read_address(reading& in, const node& from, std::string_view key);
bool covers(const io::address& wide, const io::address& narrow);

// One endpoint's URL, as it stands in an upstream or in a route.
std::optional<endpoint> read_endpoint(reading& in, const node& from, std::string_view key);
// A text that is meant as a URL rather than a name.
bool looks_like_url(std::string_view text);
// Endpoints that stand in a route.
std::optional<upstream> read_upstream_in_place(reading& in, const node& from);

// How an upstream chooses among its endpoints.
void read_balance(reading& in, const node& from, draft_upstream& into);
void read_sticky(reading& in, const node& from, sticky_sessions& into);
// A secret that comes from outside the file, of at least 16 visible characters. `key` is where the
// key stands: a line of nothing but the secret is not quoted.
template_text read_secret(reading& in, const node& from, std::string_view name, position key);
void read_share(const fields& all, endpoint& into);  // `weight`, `priority`
// `count` is how many were written: those that could not be read have errors of their own.
void check_shares(reading& in, const node& from, std::size_t count, const upstream& made);

// Connections to endpoints: which are kept, and how many there may be.
void read_connections(reading& in, const node& from, upstream& into);

// What watches endpoints, and when requests are sent again.
void read_health_check(reading& in, const node& from, health_check& into);
void read_outlier_detection(reading& in, const node& from, outlier_detection& into);
std::optional<std::uint32_t> read_factor(reading& in, const node& from, std::string_view key);
boxed<retry> read_retry(reading& in, const node& from);

// What a route asks of a request.
void read_path(reading& in, const node& from, std::string_view host_capture, route& into);
std::optional<http::path_ambiguities> read_allow_in_path(reading& in, const node& from);
void read_methods(reading& in, const node& from, std::vector<std::string>& into);
void read_conditions(reading& in, const node& from, std::string_view key,
                     route& into);  // `headers`, `query`
// `gold`, {regex: "gold|silver"}, {present: true}: what the value of that name shall be.
std::optional<condition> read_condition(reading& in, const node& from, const std::string& name);
std::optional<std::int32_t> read_priority(reading& in, const node& from);
// A regular expression that compiles.
std::optional<std::string> read_regex(reading& in, const node& from, std::string_view key);

// Where a route's requests go, and how they are changed on the way.
void read_targets(reading& in, const node& from, route& made, draft& into);
// A single upstream, by name or in place, as `to` of something else than a route has it.
std::optional<std::size_t> read_service(reading& in, const node& from, draft& into);
void read_stick_by(reading& in, const node& from, draft_route& into);
// Of a route whose targets are known.
boxed<mirror> read_mirror(reading& in, const node& from, const route& of, draft& into);
void read_rewrite(reading& in, const node& from, draft_route& into);
void read_redirect(reading& in, const node& from, draft_route& into);

// `inherited` less what `without` names, then what `use` names (either may be null).
draft_pipeline read_pipeline(reading& in, const node* use, const node* without,
                             const draft_pipeline& inherited, draft& into);

// The settings of one middleware, from `{kind: settings}`.
std::optional<draft_middleware> read_middleware(reading& in, const node& from, draft& into);
// The instance that a bare kind makes, if it is one that needs no settings.
std::optional<draft_middleware> bare_middleware(std::string_view kind, position at);

struct header_rules {
  bool variables = true;
  bool request = true;  // else a response's
};
// The name of a header that a configuration may set or remove.
std::optional<std::string> read_header_name(reading& in, const node& key,
                                            const header_rules& rules);
std::optional<respond> read_respond(reading& in, const node& from);

}  // namespace ferroway::config
