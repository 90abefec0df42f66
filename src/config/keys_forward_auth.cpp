// The settings of `forward_auth`.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr value_type urls = types::list_of(types::url, "a list of URLs");
constexpr std::array service_forms{&types::name, &types::url, &urls};
constexpr value_type service =
    types::any_of(service_forms, "an upstream's name, a URL or a list of URLs");
constexpr std::array methods{"GET"sv, "HEAD"sv, "POST"sv};
constexpr value_type path{.is = value_is::text,
                          .what = "a path, perhaps with a query",
                          .pattern = "^/[^# ]*$",
                          .example = "/verify",
                          .digits = false};
constexpr value_type names = types::list_of(types::header_name, "a list of header names");
constexpr std::array on_error{"deny"sv, "pass"sv};

// clang-format off
constexpr std::array forward_auth_keys{
    known_key{"to", service, required, "The service that is asked, as a route's `to`."},
    known_key{"method", types::one_of(methods), "`GET`", "What it is asked with; never with a body."},
    known_key{"path", path, "`/`", "What it is asked for. The client's own method and target are in `X-Forwarded-Method` and `X-Forwarded-Uri`."},
    known_key{"timeout", types::durations(1, 600'000), "`5s`", "For its whole answer, a second try included."},
    known_key{"request_headers", names, "all that are not about a body", "The client's headers that go along; `X-Forwarded-*` and `X-Request-ID` always do."},
    known_key{"to_request", names, "none", "Headers of its answer that upstreams get where the request passes. Clients cannot send them any more, on any route."},
    known_key{"to_response", names, "none", "Headers of its answer that the client gets, whether the request passes or not."},
    known_key{"on_error", types::one_of(on_error), "`deny`", "What becomes of a request where the service fails: 503, or it passes unasked."},
    known_key{"shadow", types::flag, "`false`", "Refuse nothing; count and log what would be refused."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table forward_auth{"`forward_auth`", forward_auth_keys, "forward_auth", true};
}  // namespace keys
}  // namespace ferroway::config
