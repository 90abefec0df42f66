// The settings of the middlewares that bound who may ask, how much, and how much at once.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr value_type network{.is = value_is::text,
                             .what = "a network",
                             .pattern = "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$",
                             .example = "10.0.0.0/8",
                             .digits = false};
constexpr value_type networks = types::list_of(network, "a list of addresses and networks");

// clang-format off
constexpr std::array ip_filter_keys{
    known_key{"allow", networks, "everybody", "Who may ask; then nobody else may."},
    known_key{"deny", networks, "nobody", "Who may not. Of two networks that hold an address, the smaller one counts."},
    known_key{"shadow", types::flag, "`false`", "Refuse nobody; count and log who would be refused."}};
constexpr std::array<std::string_view, 2> ip_filter_lists{"allow", "deny"};
constexpr std::array body_limit_keys{
    known_key{"size", types::sizes(0, std::int64_t{1} << 50), required, "413 over it, by Content-Length or as the bytes come."},
    known_key{"shadow", types::flag, "`false`", "Refuse nothing; count and log what would be refused."}};
constexpr std::array concurrency_limit_keys{
    known_key{"requests", types::count(1, 1'000'000), required, "That may be in flight at once, over all workers."},
    known_key{"key", types::variable, "one for all", "A variable: so many requests for each of its values. `client.ip` takes the /64 of an IPv6 address."},
    known_key{"queue", types::count(0, 100'000), "`0`", "That may wait until one in flight has ended; 503 for more."},
    known_key{"queue_timeout", types::durations(1, 3'600'000), "`1s`", "How long they wait; 503 after it."},
    known_key{"shadow", types::flag, "`false`", "Refuse and delay nothing; count and log what would have to wait or be refused."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table ip_filter{"`ip_filter`",  ip_filter_keys, "ip_filter", true, true, {},
                                    ip_filter_lists};
constinit const key_table body_limit{"`body_limit`", body_limit_keys, "body_limit", true};
constinit const key_table concurrency_limit{"`concurrency_limit`", concurrency_limit_keys,
                                            "concurrency_limit", true};
}  // namespace keys

}  // namespace ferroway::config
