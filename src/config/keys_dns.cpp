// The keys of `dns`: how names of endpoints are resolved.
#include <array>

#include "config/config.hpp"
#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr value_type server{
    .is = value_is::text,
    .what = "the address of a DNS server",
    .pattern = "^([0-9.]+|[0-9A-Fa-f:.]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$",
    .example = "10.0.0.53",
    .digits = false};

// clang-format off
constexpr std::array dns_keys{
    known_key{"servers", types::list_of(server, "a list of addresses"), "those of `/etc/resolv.conf`", "Who is asked: `10.0.0.53`, or with a port `127.0.0.1:5353`."},
    known_key{"refresh_min", types::durations(100, 3'600'000), "`1s`", "A name is asked for again when its TTL has passed, but not sooner than this."},
    known_key{"refresh_max", types::durations(100, 86'400'000), "`5m`", "Nor later than this."},
    known_key{"timeout", types::durations(100, 30'000), "`2s`", "How long a server may take; each is asked twice."},
    known_key{"family", types::one_of(family_words), "`ipv4_first`", "Which addresses of a name are used: those of one family alone, or of the other where it has none of the first, or `both`: one of each are two ways to the same endpoint."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table dns{"`dns`", dns_keys, "dns", true};
}  // namespace keys

}  // namespace ferroway::config
