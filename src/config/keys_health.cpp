// The keys of what watches endpoints and of trying again: `health_check`, `outlier_detection`,
// `retry`.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr value_type target{.is = value_is::text,
                            .what = "a path, perhaps with a query",
                            .pattern = "^/[^ #]*$",
                            .example = "/healthz",
                            .digits = false};
constexpr value_type host{.is = value_is::text,
                          .what = "a host name",
                          .pattern = "^[^/ ]+$",
                          .example = "api.example.com"};
constexpr value_type method{.is = value_is::text,
                            .what = "a method",
                            .pattern = "^[A-Z]+$",
                            .example = "GET",
                            .digits = false};
constexpr value_type statuses{.is = value_is::text,
                              .what = "a status or a range of them",
                              .pattern = "^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$",
                              .example = "200-299"};
constexpr std::array check_types{"http"sv, "tcp"sv};
constexpr std::array assumptions{"healthy"sv, "unhealthy"sv};
constexpr value_type condition{.is = value_is::text,
                               .what = "`connect`, `reset`, `timeout` or a status of 5xx",
                               .pattern = "^(connect|reset|timeout|5[0-9][0-9])$",
                               .example = "connect"};
constexpr value_type hedge_time = types::timeout;
constexpr value_type hedge_percentile{.is = value_is::text,
                                      .what = "a percentile such as `p95`",
                                      .pattern = "^p[1-9][0-9]$",
                                      .example = "p95",
                                      .digits = false};
constexpr std::array hedge_forms{&hedge_time, &hedge_percentile};
constexpr value_type factor{.is = value_is::text,
                            .what = "a share over `100%`",
                            .pattern = "^[1-9][0-9]{2,4}%$",
                            .example = "300%",
                            .digits = false};

// clang-format off
constexpr std::array health_check_keys{
    known_key{"type", types::one_of(check_types), "`http`", "A request, or only a connection."},
    known_key{"path", target, "`/`", "What is asked for, with a query where it needs one."},
    known_key{"method", method, "`GET`", "Of the request."},
    known_key{"host", host, "the endpoint's", "The Host that the request says."},
    known_key{"expect", types::list_of(statuses, "a list of statuses and ranges"), "`[200-299]`", "Statuses that pass."},
    known_key{"body", types::text, "anything", "What must stand in the answer's first 64 KiB."},
    known_key{"interval", types::durations(10, 3'600'000), "`5s`", "Between checks, a tenth more or less."},
    known_key{"unhealthy_interval", types::durations(10, 3'600'000), "the shorter of `interval` and 1s", "The same while a check fails."},
    known_key{"timeout", types::durations(1, 3'600'000), "`1s`", "For all of a check."},
    known_key{"unhealthy_after", types::count(1, 100), "`3`", "Checks in a row that fail, until it has no more requests."},
    known_key{"healthy_after", types::count(1, 100), "`2`", "Checks in a row that pass, until it has requests again."},
    known_key{"assume", types::one_of(assumptions), "`healthy`", "Before the first check. One that is assumed to be unhealthy needs one check that passes."}};
constexpr std::array outlier_keys{
    known_key{"consecutive_failures", types::count(1, 1'000'000), "`5`", "Failures in a row: connections that fail, break or are answered malformed, timeouts, and 5xx where `server_errors` says so."},
    known_key{"server_errors", types::flag, "`true`", "Whether an answer with 5xx is a failure in this count. Where an upstream says nothing of `outlier_detection`, it is not."},
    known_key{"error_rate", types::percent, "none", "This share of failures and 5xx in a `window`."},
    known_key{"slower_than", factor, "none", "Answers that take, over a `window`, this share of the median of all endpoints (of at least three that are known)."},
    known_key{"requests", types::count(1, 1'000'000), "`20`", "So many in a `window`, before a rate or a time says anything."},
    known_key{"window", types::durations(100, 3'600'000), "`10s`", "What rates and times are counted over."},
    known_key{"eject_for", types::durations(1, 86'400'000), "`10s`", "How long it is out, the first time; each time soon after another takes twice as long. Then one request is sent there on trial."},
    known_key{"eject_for_max", types::durations(1, 86'400'000), "`5m`", "No longer than this."},
    known_key{"eject_at_most", types::percent, "`50%`", "Of all endpoints; what checks have taken out counts as well."}};
constexpr std::array retry_keys{
    known_key{"retries", types::count(0, 10), "`1`", "How often at most, each time on another endpoint where there is one."},
    known_key{"when", types::list_of(condition, "a list of conditions"), "`[connect, reset]`", "`connect`: no connection came about; `reset`: it broke before any byte of an answer; `timeout`: no whole head of an answer within `per_try`; or a status such as 503."},
    known_key{"per_try", types::timeout, "none", "How long one try may take to the head of its answer, in place of `timeouts.response`."},
    known_key{"budget", types::percent, "`20%`", "Of the requests, with a reserve of 10, per upstream and worker: retries never multiply an outage."},
    known_key{"non_idempotent", types::flag, "`false`", "Whether requests such as POST, which an endpoint may have carried out already, are sent again too. They may then be carried out twice."},
    known_key{"hedge", types::any_of(hedge_forms), "none", "After which a second endpoint is asked beside the first, and the answer that begins first counts: a time, or a percentile of how long answers take. Only for requests that may be sent again and whose body is at hand; the `budget` pays."},
    known_key{"buffer", types::sizes(0, 256 * 1024), "`64KiB`", "Of a body that is still arriving: kept until the answer's head has come, so that it can be sent again; longer ones go out once. Only for requests that may be sent again. Where a route has no `retry`, it is 0."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table health_check{"`health_check`", health_check_keys, "health_check", true};
constinit const key_table outlier_detection{"`outlier_detection`", outlier_keys,
                                            "outlier_detection", true};
constinit const key_table retry{"`retry`", retry_keys, "retry", true};
}  // namespace keys

}  // namespace ferroway::config
