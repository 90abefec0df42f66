// The settings of rate_limit.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr value_type variables = types::list_of(types::variable, "a list of request variables");
constexpr std::array variable_forms{&types::variable, &variables};

// clang-format off
constexpr std::array limit_keys{
    known_key{"rate", types::rate, required, "How many, and in which time: `100/s`, `6000/m`, `1000/h`, `10000/d`; evenly."},
    known_key{"burst", types::count(1, 100'000'000), "one second of `rate`, at least 1", "How many at once, from rest."},
    known_key{"key", types::any_of(variable_forms), "`client.ip`", "Who is one client: a request variable, or several together. What a request lacks counts as its `client.ip`."},
    known_key{"rates", types::named(types::rate, "values and rates"), "none", "Other rates for some values of `key` (of its first variable), each with a burst of one second."},
    known_key{"group_rates", types::named(types::rate, "groups and rates"), "none", "Other rates for consumers in a group, where the first variable of `key` is `consumer`; `rates` comes first."},
    known_key{"cost", types::count(1, 1'000'000), "`1`", "How many requests one counts as."},
    known_key{"ipv4_prefix", types::count(8, 32), "`32`", "Bits of an IPv4 address that are one client."},
    known_key{"ipv6_prefix", types::count(16, 128), "`64`", "Bits of an IPv6 address that are one client."},
    known_key{"clients", types::count(1'000, 10'000'000), "`1000000`", "Room for clients whose burst is not whole again, 32 bytes each; beyond it new ones share."},
    known_key{"headers", types::flag, "`true`", "Whether answers say what is left: `RateLimit` and `RateLimit-Policy`."},
    known_key{"shadow", types::flag, "`false`", "Only counts, logs and explains what it would reject."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table rate_limit{"`rate_limit`", limit_keys, "rate_limit", true};
}  // namespace keys

}  // namespace ferroway::config
