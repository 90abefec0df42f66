// The kinds of middleware, their short forms, and the settings of header edits.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr value_type no_settings_mapping = types::mapping(keys::none);
constexpr std::array no_settings_forms{&types::nothing, &no_settings_mapping};
constexpr value_type no_settings = types::any_of(no_settings_forms, "none");
constexpr value_type edits = types::mapping(keys::header_edits);
constexpr value_type cors = types::mapping(keys::cors);
constexpr value_type security_settings = types::mapping(keys::security_headers);
constexpr std::array security_forms{&types::nothing, &security_settings};
constexpr value_type edit_values =
    types::pairs(types::header_text, "header names and values", types::header_name.pattern);
constexpr value_type ip_filter = types::mapping(keys::ip_filter);
constexpr value_type body_size = types::sizes(0, std::int64_t{1} << 50);
constexpr value_type body_limit_mapping = types::mapping(keys::body_limit);
constexpr std::array body_limit_forms{&body_size, &body_limit_mapping};
constexpr value_type requests_at_once = types::count(1, 1'000'000);
constexpr value_type concurrency_limit_mapping = types::mapping(keys::concurrency_limit);
constexpr std::array concurrency_limit_forms{&requests_at_once, &concurrency_limit_mapping};
constexpr value_type error_pages = types::mapping(keys::error_pages);
constexpr value_type forward_auth = types::mapping(keys::forward_auth);

constexpr value_type limit = types::mapping(keys::rate_limit);
constexpr std::array limit_forms{&types::rate, &limit};
constexpr value_type log_settings = types::mapping(keys::access_log);
constexpr std::array log_settings_forms{&types::nothing, &log_settings};

constexpr value_type compress_settings = types::mapping(keys::compress);
constexpr std::array compress_forms{&types::nothing, &compress_settings};

// clang-format off
constexpr std::array kinds{
    known_key{"request_id", no_settings, "", "Sends the exchange's id as `X-Request-ID` to the upstream and the client; keeps one that a trusted proxy sent (at most 128 letters, digits and `-_.:/+=@`). Errors have an id in any case. See [request_id](middlewares/REQUEST_ID.md)."},
    known_key{"access_log", types::any_of(log_settings_forms, "{`format`, `to`, `sample`, `only`}, or nothing"), "", "A line for each exchange; see [access_log](middlewares/ACCESS_LOG.md)."},
    known_key{"request_headers", edits, "", "Edits the request on its way to the upstream; see [Headers](middlewares/HEADERS.md)."},
    known_key{"response_headers", edits, "", "Edits the answer on its way to the client; see [Headers](middlewares/HEADERS.md)."},
    known_key{"cors", cors, "", "Lets pages of other origins use a route, and answers their preflights; see [CORS](middlewares/CORS.md)."},
    known_key{"rate_limit", types::any_of(limit_forms), "", "So many requests in so much time, for each client; [its page](middlewares/RATE_LIMIT.md). A text is its `rate`."},
    known_key{"security_headers", types::any_of(security_forms, "nothing, or what to change"), "", "Puts on answers what makes browsers careful with them; see [Security headers](middlewares/SECURITY_HEADERS.md)."},
    known_key{"ip_filter", ip_filter, "", "Who may ask, by address; 403 for others. See [ip_filter](middlewares/IP_FILTER.md)."},
    known_key{"body_limit", types::any_of(body_limit_forms), "", "How large a request's body may be; 413 over it. See [body_limit](middlewares/BODY_LIMIT.md)."},
    known_key{"concurrency_limit", types::any_of(concurrency_limit_forms), "", "How many requests may be in flight at once; others wait or get 503. See [concurrency_limit](middlewares/CONCURRENCY_LIMIT.md)."},
    known_key{"jwt", types::mapping(keys::jwt), "", "Lets requests through that carry a valid token; 401 and 403 for others. See [jwt](middlewares/JWT.md)."},
    known_key{"compress", types::any_of(compress_forms, "nothing, or what to change"), "", "Answers leave in a content coding that the client accepts; see [compress](middlewares/COMPRESS.md)."},
    known_key{"error_pages", error_pages, "", "Pages of your own in place of the bodies of errors; see [error_pages](middlewares/ERROR_PAGES.md)."},
    known_key{"forward_auth", forward_auth, "", "Asks another service whether a request may pass; see [forward_auth](middlewares/FORWARD_AUTH.md)."},
    known_key{"api_key", types::mapping(keys::api_key), "", "Lets requests through that carry a consumer's key; 401 and 403 for others. See [api_key](middlewares/API_KEY.md)."},
    known_key{"basic_auth", types::mapping(keys::basic_auth), "", "Lets requests through with the name and password of a user; 401 and 403 for others. See [basic_auth](middlewares/BASIC_AUTH.md)."},
    known_key{"hmac", types::mapping(keys::hmac), "", "Lets requests through that a consumer's secret has signed (RFC 9421); 401 and 403 for others. See [hmac](middlewares/HMAC.md)."},
    known_key{"mtls", types::anything, "", "", later},
    known_key{"cache", types::anything, "", "", later}};
constexpr std::array edit_keys{
    known_key{"set", edit_values, "", "Leaves exactly one field of each name."},
    known_key{"append", edit_values, "", "Adds to the list in the field that is there, behind a comma; an empty value adds nothing. Not for `Set-Cookie`, which is no list."},
    known_key{"add", edit_values, "", "Adds a field of its own and keeps what is there."},
    known_key{"remove", types::list_of(types::header_name, "a list of header names"), "", "Takes all fields of these names away."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table header_edits{"header edits", edit_keys, "header_edits"};
constinit const key_table none{"a middleware without settings", {}, "no_settings"};
constinit const key_table middleware{"a middleware", kinds, "middleware", true, false};
}  // namespace keys

std::span<const known_key> middleware_kinds() { return kinds; }

}  // namespace ferroway::config
