// The keys of upstreams.
#include <array>

#include "config/config.hpp"
#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr value_type long_endpoint = types::mapping(keys::endpoint);
constexpr std::array endpoint_forms{&types::url, &long_endpoint};
constexpr value_type endpoint = types::any_of(endpoint_forms);
constexpr value_type balance_word = types::one_of(balancing_words);
constexpr value_type long_balance = types::mapping(keys::balance);
constexpr std::array balance_forms{&balance_word, &long_balance};
constexpr std::array off_words{"off"sv};
constexpr std::array tcp_words{"tcp"sv};
constexpr value_type off = types::one_of(off_words);
constexpr value_type tcp = types::one_of(tcp_words);
constexpr value_type check_path{.is = value_is::text,
                                .what = "a path",
                                .pattern = "^/[^ #]*$",
                                .example = "/healthz",
                                .digits = false};
constexpr value_type long_check = types::mapping(keys::health_check);
constexpr std::array check_forms{&check_path, &tcp, &long_check};
constexpr value_type long_outliers = types::mapping(keys::outlier_detection);
constexpr std::array outlier_forms{&off, &long_outliers};
constexpr value_type cookie_name{.is = value_is::text,
                                 .what = "a cookie's name",
                                 .pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
                                 .example = "gateway",
                                 .digits = false};
constexpr value_type secret{.is = value_is::text,
                            .what = "a reference to a secret",
                            .pattern = "^\\$\\{",
                            .example = "${file:admin.token}",
                            .digits = false};
constexpr value_type long_sticky = types::mapping(keys::sticky);
constexpr std::array sticky_forms{&cookie_name, &long_sticky};
constexpr value_type tolerance{.is = value_is::text,
                               .what = "a share over `100%`",
                               .pattern = "^[1-9][0-9]{2,4}%$",
                               .example = "200%",
                               .digits = false};
constexpr value_type long_adaptive = types::mapping(keys::adaptive);
constexpr std::array adaptive_forms{&types::flag, &long_adaptive};
constexpr value_type host_sent{.is = value_is::text,
                               .what = "`client`, `endpoint` or a host name",
                               .pattern = "^[^/ ]+$",
                               .example = "client"};

// clang-format off
constexpr std::array upstream_keys{
    known_key{"endpoints", types::list_of(endpoint, "a list of endpoints"), required, "Each a URL, or `{url: URL, weight: 1, priority: 0}`. Names are resolved, again and again; see [Names of endpoints](#names-of-endpoints)."},
    known_key{"host", host_sent, "`client`", "The Host that the backend sees: `client` (what the client sent; if nothing, as `endpoint`), `endpoint` (what the URL says; `localhost` for a unix socket), or a name, perhaps with a port."},
    known_key{"balance", types::any_of(balance_forms), "`round_robin`", "Which endpoint is next; see [Balancing](#balancing)."},
    known_key{"health_check", types::any_of(check_forms), "none", "Asks each endpoint whether it is well: a path, `tcp`, or all there is to say. See [Health checks](#health-checks)."},
    known_key{"outlier_detection", types::any_of(outlier_forms), "for connections that fail", "Ejects endpoints by what becomes of requests. See [Outlier detection](#outlier-detection)."},
    known_key{"sticky", types::any_of(sticky_forms), "none", "Keeps a client with its endpoint by a cookie of that name, or `{cookie: NAME, key: \"${file:sticky.key}\"}`; see [Balancing](#balancing)."},
    known_key{"slow_start", types::durations(0, 3'600'000), "`0ms`", "How long an endpoint that has come or come back waits for its whole share, which grows meanwhile; not with `consistent_hash`."},
    known_key{"panic_threshold", types::percent, "`0%`", "Where fewer endpoints are available, the next `priority` is used; where none has as many, all endpoints are, whatever is known of them. `0%`: one is enough, and with none it is 503."},
    known_key{"connections", types::mapping(keys::connections), "", "Connections to the endpoints."},
    known_key{"timeouts", types::mapping(keys::upstream_timeouts), "", "How long an endpoint may take."}};
constexpr std::array endpoint_keys{
    known_key{"url", types::url, required, "Where it is: an address or a name, or `srv+http://` and a name with SRV records."},
    known_key{"weight", types::count(0, 1000), "`1`", "Its share of the requests; 0: none."},
    known_key{"priority", types::count(0, 100), "`0`", "Those with the lowest number are used; those with the next one when none of these is available (or too few, see `panic_threshold`)."}};
constexpr std::array balance_keys{
    known_key{"consistent_hash", types::variable, required, "A request variable such as `client.ip`, `header.X-Tenant`, `cookie.session` or `path.id`: requests with the same value go to the same endpoint; who lacks it counts as its `client.ip`."}};
constexpr std::array sticky_keys{
    known_key{"cookie", cookie_name, required, "Its name."},
    known_key{"key", secret, "one that lasts as long as the process", "What it is signed with, from the environment or a file, at least 16 bytes: the same for all gateways that share clients."},
    known_key{"secure", types::flag, "`false`", "Sent over HTTPS only."}};
constexpr std::array connection_keys{
    known_key{"idle", types::count(0, 65'536), "`256`", "Connections kept for reuse, per endpoint and worker."},
    known_key{"idle_timeout", types::timeout, "`60s`", "How long they are kept."},
    known_key{"lifetime", types::durations(1'000, 31'536'000'000), "any", "How old one may be that is used again; each ends somewhere in the last fifth of it, so that not all are made anew at once. Nothing that is under way is cut off."},
    known_key{"warm", types::count(0, 64), "`0`", "Made before anybody asks, per endpoint and worker: at the start, after a reload, and when an endpoint has come or come back. At most `idle`."},
    known_key{"max", types::count(1, 1'000'000), "none", "In use at once, of each endpoint over all workers: as many requests are in flight there and no more. See [Limits of an upstream](#limits-of-an-upstream)."},
    known_key{"max_requests", types::count(1, 1'000'000), "none", "Requests in flight at once, of all endpoints together."},
    known_key{"max_pending", types::count(0, 1'000'000), "`1024`", "Requests that may wait until there is room again, over all workers; 503 at once for more. Only with `max` or `max_requests`, like the next one."},
    known_key{"pending_timeout", types::durations(1, 3'600'000), "`1s`", "How long they wait; 503 after it."},
    known_key{"adaptive", types::any_of(adaptive_forms), "`false`", "Whether fewer than `max` are let through while answers take longer than usual; `true`, or `{min: 4, tolerance: 150%}`."}};
constexpr std::array adaptive_keys{
    known_key{"min", types::count(1, 1'000'000), "`4`", "Never fewer than this, nor more than `max`."},
    known_key{"tolerance", tolerance, "`150%`", "So much of the usual time to an answer is not too long yet."}};
constexpr std::array timeout_keys{
    known_key{"connect", types::timeout, "`2s`", "Until the connection stands."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table upstream{"an upstream", upstream_keys, "upstream", true};
constinit const key_table endpoint{"an endpoint", endpoint_keys, "endpoint"};
constinit const key_table balance{"`balance`", balance_keys, "balance"};
constinit const key_table sticky{"`sticky`", sticky_keys, "sticky"};
constinit const key_table connections{"`connections`", connection_keys, "connections"};
constinit const key_table adaptive{"`adaptive`", adaptive_keys, "adaptive"};
constinit const key_table upstream_timeouts{"an upstream's `timeouts`", timeout_keys,
                                            "upstream_timeouts"};
}  // namespace keys

}  // namespace ferroway::config
