// The keys of routes and of groups of them.
#include <array>

#include "config/known_keys.hpp"
#include "http/path_ambiguities.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr value_type host{
    .is = value_is::text, .what = "a host", .pattern = "^[^/: ]+$", .example = "api.example.com"};
constexpr value_type path_text{.is = value_is::text,
                               .what = "a path",
                               .pattern = "^/",
                               .example = "/users/{id}",
                               .digits = false};
constexpr value_type plain_path{.is = value_is::text,
                                .what = "a path without captures",
                                .pattern = "^/[^{]+$",
                                .example = "/users",
                                .digits = false};
constexpr value_type variable{.is = value_is::text,
                              .what = "a request variable",
                              .pattern = "^[a-z]+[.].+$",
                              .example = "cookie.session"};
constexpr value_type replacement{.is = value_is::text,
                                 .what = "a path",
                                 .pattern = "^[/\\\\]",
                                 .example = "/new",
                                 .digits = false};
constexpr value_type regex{.is = value_is::text,
                           .what = "a regular expression",
                           .pattern = ".",
                           .example = "/v[0-9]+(/.*)?"};
constexpr value_type path_template{.is = value_is::text,
                                   .what = "a path, perhaps with variables",
                                   .pattern = "^(/|\\$)",
                                   .example = "/new/${path.id}",
                                   .digits = false};
constexpr value_type long_path = types::mapping(keys::path);
constexpr std::array path_forms{&path_text, &long_path};

constexpr value_type method{.is = value_is::text,
                            .what = "a method",
                            .pattern = "^[!#$%&'*+.^_`|~0-9A-Z-]+$",
                            .example = "GET"};
constexpr value_type long_condition = types::mapping(keys::condition);
constexpr std::array condition_forms{&types::text, &long_condition};
constexpr value_type condition = types::any_of(condition_forms);

constexpr std::array any_words{"any"sv};
constexpr value_type any_word = types::one_of(any_words);
constexpr std::array listener_forms{&any_word, &types::name, &types::names};

constexpr value_type target{.is = value_is::text,
                            .what = "the name of an upstream, a URL",
                            .pattern = "^([A-Za-z0-9_.-]+|[Hh][Tt][Tt][Pp]://[^/?#@]+|unix:.+)$",
                            .example = "http://127.0.0.1:9001"};
constexpr value_type urls = types::list_of(types::url, "a list of URLs");
constexpr value_type weight = types::count(0, 1'000'000);
constexpr value_type weights = types::named(weight, "upstreams and their weights");
constexpr value_type weighted_upstream = types::mapping(keys::weighted);
constexpr value_type weighted_list = types::list_of(weighted_upstream, "upstreams with weights");
constexpr std::array target_forms{&target, &urls, &weights, &weighted_list};

constexpr std::array service_forms{&types::name, &types::url, &urls};
constexpr value_type service =
    types::any_of(service_forms, "an upstream's name, a URL or a list of URLs");

constexpr value_type body{.is = value_is::text, .what = "text", .example = "ok", .lines = true};
constexpr value_type one_route = types::mapping(keys::route);
constexpr value_type one_group = types::mapping(keys::group);
constexpr std::array route_forms{&one_route, &one_group};
constexpr value_type route_or_group = types::any_of(route_forms);

constexpr value_type ambiguity = types::one_of(http::path_ambiguities::names);
constexpr value_type ambiguities =
    types::list_of(ambiguity, "a list of `%2F`, `%5C`, `%00`, `..;`");

constexpr std::array schemes{"http"sv, "https"sv};
constexpr std::array redirect_statuses{"301"sv, "302"sv, "303"sv, "307"sv, "308"sv};

// clang-format off
constexpr std::array group_keys{
    known_key{"host", host, "any", "For all routes in it; it may be said only once on the way to a route."},
    known_key{"use", types::pipeline, "none", "Middlewares that the routes in it add; see [Middlewares](#middlewares)."},
    known_key{"without", types::names, "none", "Middlewares that are in effect around it and not in it."},
    known_key{"listener", types::any_of(listener_forms), "", "As in a route, which may say otherwise."},
    known_key{"allow_in_path", ambiguities, "none", "As in a route, which may say otherwise."},
    known_key{"timeouts", types::mapping(keys::route_timeouts), "", "As in a route, which may say otherwise for each."},
    known_key{"routes", types::list_of(route_or_group, "a list of routes and groups"), required, "What is in it; groups may stand in groups."}};
constexpr std::array route_keys{
    known_key{"name", types::name, "by its number", "Unique; shown in logs. `route-3` is the third."},
    known_key{"host", host, "any", "`api.example.com`, `\"*.example.com\"` or `\"{tenant}.example.com\"` (one or more labels, never `example.com` itself); without a port; case and one final dot do not matter."},
    known_key{"path", types::any_of(path_forms), "`/`", "A text is this path and all that lies under it, by whole segments; see [Paths](#paths)."},
    known_key{"allow_in_path", ambiguities, "none", "What is otherwise refused, since others may read it as another path; see [Paths](#paths)."},
    known_key{"methods", types::list_of(method, "a list of methods"), "any", "In upper case; GET includes HEAD; TRACE (405) and CONNECT (501) are always refused."},
    known_key{"headers", types::pairs(condition, "header names and what they must be", types::header_name.pattern), "any", "What the request must have, all of it; see [Conditions](#conditions). At most 16."},
    known_key{"query", types::pairs(condition, "parameters and what they must be"), "any", "What the query must have, all of it; see [Conditions](#conditions). At most 16."},
    known_key{"priority", types::count(-1000, 1000), "`0`", "Within a host the higher wins, before all other rules; at most 16 different ones for one host."},
    known_key{"use", types::pipeline, "none", "Middlewares that it adds; see [Middlewares](#middlewares)."},
    known_key{"without", types::names, "none", "Middlewares that are in effect around it and not for it."},
    known_key{"rewrite", types::mapping(keys::rewrite), "", "The path that the upstream sees; the query is kept. See [Other paths](#other-paths)."},
    known_key{"timeouts", types::mapping(keys::route_timeouts), "", "How long an exchange may take."},
    known_key{"retry", types::mapping(keys::retry), "", "When a request is sent again; only with `to`. See [What is tried again](#what-is-tried-again)."},
    known_key{"to", types::any_of(target_forms), "", "The name of an upstream, a URL, a list of URLs (an upstream of the route's own), or several upstreams by weight: `{users: 90, users_next: 10}`."},
    known_key{"respond", types::mapping(keys::respond), "", "A fixed answer."},
    known_key{"redirect", types::mapping(keys::redirect), "", "Another URL, as an answer; the query is kept. See [Other paths](#other-paths)."},
    known_key{"stick_by", variable, "none", "A request variable such as `cookie.session`: requests with the same value go to the same of several upstreams; who lacks it counts as its `client.ip`."},
    known_key{"mirror", types::mapping(keys::mirror), "none", "Copies of its requests to another upstream; only with `to`. See [Mirroring](#mirroring)."},
    known_key{"listener", types::any_of(listener_forms), "", "With two or more listeners every route or a group around it says which."},
    known_key{"websocket", types::flag, "`true`", "Whether WebSocket upgrades may pass to the upstream; only with `to`."}};
constexpr std::array path_keys{
    known_key{"exact", path_text, "", "This path alone."},
    known_key{"regex", regex, "", "An RE2 expression that the whole path matches; named groups are captures."}};
constexpr std::array condition_keys{
    known_key{"regex", regex, "", "An RE2 expression that the whole value matches."},
    known_key{"present", types::flag, "", "Whether it is there, whatever its value."}};
constexpr std::array rewrite_keys{
    known_key{"strip_prefix", plain_path, "none", "Taken off the front, by whole segments."},
    known_key{"add_prefix", plain_path, "none", "Put in front."},
    known_key{"path", path_template, "", "The whole path, with captures such as `${path.id}`."},
    known_key{"regex", types::mapping(keys::rewrite_regex), "", "Another path, by a regular expression."}};
constexpr std::array rewrite_regex_keys{
    known_key{"match", regex, required, "An RE2 expression for the whole path; a path that it does not match stays as it is."},
    known_key{"replace", replacement, required, "The new path; `\\1` is what the first parentheses took, `\\0` all of it."}};
constexpr std::array redirect_keys{
    known_key{"scheme", types::one_of(schemes), "the request's", "Of the new URL."},
    known_key{"host", host, "the request's", "Of the new URL."},
    known_key{"port", types::count(1, 65'535), "by the scheme", "Of the new URL."},
    known_key{"path", path_template, "the request's", "Of the new URL, with captures such as `${path.id}`."},
    known_key{"status", types::one_of(redirect_statuses), "`308`", "301 and 302 let clients turn POST into GET, 303 makes them, 307 and 308 keep the method."}};
constexpr std::array weighted_keys{
    known_key{"upstream", types::name, required, "Its name."},
    known_key{"weight", weight, "`1`", "Its share of the requests."}};
constexpr std::array respond_keys{
    known_key{"status", types::count(200, 599), "`200`", "Of the answer."},
    known_key{"body", body, "empty", "At most 1 MiB; none with 204, 205 and 304."},
    known_key{"headers", types::pairs(types::header_text, "header names and values", types::header_name.pattern), "none", "`Content-Type` is `text/plain; charset=utf-8` where there is a body and no other type is given."}};
constexpr std::array mirror_keys{
    known_key{"to", service, required, "Where copies go: another upstream than those of the route."},
    known_key{"percent", types::count(1, 100), "`100`", "Of the requests with one of the methods, by chance."},
    known_key{"methods", types::list_of(method, "a list of methods"), "`[GET, HEAD]`", "Of which requests there are copies; GET includes HEAD. What others do, they do twice: at the copies' upstream too."},
    known_key{"timeout", types::durations(1, 600'000), "`5s`", "For all of a copy, to the last byte of its answer."},
    known_key{"in_flight", types::count(1, 100'000), "`64`", "Copies at once, of all workers together; beyond it none is made, and that is counted."},
    known_key{"body_bytes", types::sizes(0, 65'536), "`16KiB`", "Requests with a longer body, or whose body has not come whole with its head, are not copied, and that is counted."}};
constexpr std::array timeout_keys{
    known_key{"request", types::timeout, "unbounded", "The whole exchange."},
    known_key{"response", types::timeout, "`30s`", "From the last byte of the request to the head of the answer."},
    known_key{"idle", types::timeout, "`60s`", "Between bytes of the answer's body; and how long the upstream may take none of the request's."},
    known_key{"tunnel", types::timeout, "`1h`", "A WebSocket without traffic."}};
// clang-format on

constexpr std::array path_choices{"exact"sv, "regex"sv};
constexpr std::array ends{"to"sv, "respond"sv, "redirect"sv};

}  // namespace

namespace keys {
constinit const key_table group{"a group of routes", group_keys, "group", true};
constinit const key_table route{"a route", route_keys, "route", true, true, ends};
constinit const key_table path{"`path`", path_keys, "path", false, true, path_choices};
constinit const key_table condition{"a condition", condition_keys, "condition"};
constinit const key_table rewrite{"`rewrite`", rewrite_keys, "rewrite"};
constinit const key_table rewrite_regex{"`regex`", rewrite_regex_keys, "rewrite_regex"};
constinit const key_table redirect{"`redirect`", redirect_keys, "redirect"};
constinit const key_table weighted{"an upstream with a weight", weighted_keys, "weighted"};
constinit const key_table respond{"`respond`", respond_keys, "respond"};
constinit const key_table mirror{"`mirror`", mirror_keys, "mirror", true};
constinit const key_table route_timeouts{"a route's `timeouts`", timeout_keys, "route_timeouts"};
}  // namespace keys

}  // namespace ferroway::config
