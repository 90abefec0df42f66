// The settings of `cors`.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr value_type origin{.is = value_is::text,
                            .what = "an origin",
                            .pattern = "^(\\*|null|[A-Za-z][A-Za-z0-9+.-]*://[^/?#@ ]+)$",
                            .example = "https://app.example.com",
                            .digits = false};
constexpr value_type method{.is = value_is::text,
                            .what = "a method",
                            .pattern = "^[!#$%&'+.^_`|~0-9A-Z-]+$",
                            .example = "GET"};

// clang-format off
constexpr std::array cors_keys{
    known_key{"origins", types::list_of(origin, "a list of origins"), required, "Whose pages may use the route: `https://app.example.com`, `https://*.example.com` (one or more labels, never `example.com` itself), `\"null\"`, or `\"*\"` alone."},
    known_key{"credentials", types::flag, "`false`", "Whether those pages may send cookies and the like; never with `\"*\"`."},
    known_key{"methods", types::list_of(method, "a list of methods"), "the one asked for, which the route takes", "The methods that a preflight is told."},
    known_key{"headers", types::list_of(types::header_name, "a list of header names"), "those asked for", "The request headers that a preflight is told."},
    known_key{"expose", types::list_of(types::header_name, "a list of header names"), "none", "The headers of answers that pages may read, beyond those that the Fetch standard lets them."},
    known_key{"max_age", types::durations(0, 86'400'000), "the browser's, 5 seconds", "How long a browser may keep a preflight's answer, in whole seconds."},
    known_key{"private_network", types::flag, "`false`", "Whether pages of a public network may use the route in a private one."},
    known_key{"shadow", types::flag, "`false`", "Upgrades to WebSocket that would be refused pass, and are counted and logged."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table cors{"cors", cors_keys, "cors", true};
}  // namespace keys
}  // namespace ferroway::config
