// The keys of listeners.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr value_type network{.is = value_is::text,
                             .what = "a network",
                             .pattern = "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$",
                             .example = "10.0.0.0/8",
                             .digits = false};
constexpr std::int64_t kib = 1024, pib = std::int64_t{1} << 50;

// clang-format off
constexpr std::array listener_keys{
    known_key{"name", types::name, "`default`", "Needed with two or more; not `any`."},
    known_key{"address", types::address, required, "`8080` (every address, IPv4 and IPv6), `127.0.0.1:8080`, `\"[::1]:8080\"`, `\"unix:/run/f.sock\"`; ports 1 to 65535; two listeners may not overlap."},
    known_key{"trusted_proxies", types::list_of(network, "a list of addresses and networks"), "nobody", "Whose word about the client is believed, see [below](#what-upstreams-are-told)."},
    known_key{"limits", types::mapping(keys::listener_limits), "", "What a request may be."},
    known_key{"timeouts", types::mapping(keys::listener_timeouts), "", "How long a client may take."}};
constexpr std::array limit_keys{
    known_key{"head_bytes", types::sizes(kib, 256 * kib), "`32KiB`", "Request line and header fields, and once more trailers; 431 over it."},
    known_key{"header_fields", types::count(1, 10'000), "`100`", "431 over it."},
    known_key{"target_bytes", types::sizes(64, 256 * kib), "`8KiB`", "Path and query; 414 over it. No more than `head_bytes`."},
    known_key{"body_bytes", types::sizes(0, pib), "unlimited", "413 over it."},
    known_key{"connections", types::count(1, 10'000'000), "by open files", "Per worker; never more than its share of three quarters of the limit on open files, with a warning."}};
constexpr std::array timeout_keys{
    known_key{"head", types::timeout, "`10s`", "From the first byte of a request to the end of its head; also from a new connection to that first byte."},
    known_key{"body", types::timeout, "`30s`", "Without a byte of the body."},
    known_key{"send", types::timeout, "`30s`", "Without a byte of the answer taken."},
    known_key{"keep_alive", types::timeout, "`75s`", "Between requests of a connection."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table listener{"a listener", listener_keys, "listener", true};
constinit const key_table listener_limits{"`limits`", limit_keys, "listener_limits"};
constinit const key_table listener_timeouts{"a listener's `timeouts`", timeout_keys,
                                            "listener_timeouts"};
}  // namespace keys

}  // namespace ferroway::config
