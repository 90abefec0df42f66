// The keys of the top level.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr std::array auto_words{"auto"sv};
constexpr value_type auto_word = types::one_of(auto_words);
constexpr value_type worker_count = types::count(1, 1024);
constexpr std::array worker_forms{&auto_word, &worker_count};
constexpr std::array io_words{"auto"sv, "io_uring"sv, "epoll"sv};
constexpr std::array off_words{"off"sv};
constexpr value_type pattern{.is = value_is::text,
                             .what = "a pattern of files",
                             .pattern = ".",
                             .example = "routes.d/*.yaml"};
constexpr value_type one_listener = types::mapping(keys::listener);
constexpr value_type one_upstream = types::mapping(keys::upstream);
constexpr value_type one_route = types::mapping(keys::route);
constexpr value_type one_group = types::mapping(keys::group);
constexpr std::array route_forms{&one_route, &one_group};
constexpr value_type route_or_group = types::any_of(route_forms);

constexpr value_type routes = types::list_of(route_or_group, "a list of routes and groups");
constexpr value_type groups = types::list_of(types::name, "a list of groups");
constexpr value_type long_consumer = types::mapping(keys::consumer);
constexpr std::array consumer_forms{&groups, &long_consumer};
constexpr value_type one_consumer = types::any_of(consumer_forms, "a consumer");
constexpr value_type consumers =
    types::pairs(one_consumer, "names and consumers", types::consumer_pattern);
constexpr value_type upstreams = types::named(one_upstream, "names and upstreams");
constexpr value_type middlewares = types::named(types::middleware, "names and middlewares");

constexpr value_type off_word = types::one_of(off_words);
constexpr value_type long_admin = types::mapping(keys::admin);
constexpr std::array admin_forms{&off_word, &types::address, &long_admin};
constexpr std::array probe_forms{&off_word, &types::address};
constexpr value_type secret{.is = value_is::text,
                            .what = "a reference to a secret",
                            .pattern = "[$][{]",
                            .example = "${file:admin.token}",
                            .digits = false};

// clang-format off
constexpr std::array top_keys{
    known_key{"version", types::count(1, 1), "`1`", "Of this language; only 1 exists."},
    known_key{"workers", types::any_of(worker_forms), "`auto`", "Threads that serve; `auto` is one for each CPU that the process may use."},
    known_key{"io", types::one_of(io_words), "`auto`", "How to talk to the kernel; `auto` is io_uring where a probe at start-up shows that it works, else epoll. `ferroway run --io` overrides it."},
    known_key{"watch", types::flag, "`false`", "Whether to reload when a file that was read changes; see [Reloads](#reloads)."},
    known_key{"include", types::list_of(pattern, "a list of patterns of files"), "none", "Files with more consumers, upstreams, middlewares and routes; see [Several files](#several-files)."},
    known_key{"listen", types::address, "", "One address; short for a single listener called `default`."},
    known_key{"listeners", types::list_of(one_listener, "a list of listeners"), "", "Either this or `listen` is required."},
    known_key{"drain_timeout", types::durations(0, 86'400'000), "`30s`", "After TERM: how long what is in flight may take."},
    known_key{"admin", types::any_of(admin_forms), "127.0.0.1:9901", "Where the gateway is asked how it is and told to reload: an address, `off`, or `{address, token}`; see [ADMIN.md](ADMIN.md)."},
    known_key{"probe", types::any_of(probe_forms), "`off`", "Where only `/healthz` and `/readyz` are answered: an address, or `off`."},
    known_key{"dns", types::mapping(keys::dns), "", "How names of endpoints are resolved; see [Names of endpoints](#names-of-endpoints)."},
    known_key{"consumers", consumers, "none", "Who may ask, and the groups that each is in: `{acme: [gold]}`; see [Consumers](#consumers)."},
    known_key{"upstreams", upstreams, "none", "Named services."},
    known_key{"middlewares", middlewares, "none", "Named middlewares."},
    known_key{"use", types::pipeline, "none", "Middlewares around everything, 404 and 405 too."},
    known_key{"without", types::names, "none", "Nothing is in effect around the top level, so nothing can be taken away."},
    known_key{"routes", routes, "required, here or in an included file", "What is served."}};
constexpr std::array included_keys{
    known_key{"consumers", consumers, "none", "Who may ask."},
    known_key{"upstreams", upstreams, "none", "Named services."},
    known_key{"middlewares", middlewares, "none", "Named middlewares."},
    known_key{"routes", routes, "none", "What is served."}};
constexpr std::array consumer_keys{
    known_key{"groups", groups, "none", "That it is in. The first that has a rate in a `rate_limit` decides there."}};
constexpr std::array admin_keys{
    known_key{"address", types::address, "127.0.0.1:9901", "Where it listens."},
    known_key{"token", secret, "none", "What requests must carry as a bearer token; needed beyond loopback. At least 16 bytes, from the environment or a file."},
    known_key{"required", types::flag, "", "Whether the gateway starts only with it: `true` where the file says an address."}};
// clang-format on

constexpr std::array route_places{"routes"sv, "include"sv};
constexpr std::array listener_choices{"listen"sv, "listeners"sv};

}  // namespace

namespace keys {
constinit const key_table top{"the configuration", top_keys,    "top", true, true,
                              listener_choices,    route_places};
constinit const key_table included{"an included file", included_keys, "included", true};
constinit const key_table consumer{"a consumer", consumer_keys, "consumer", true};
constinit const key_table admin{"`admin`", admin_keys, "admin"};
}  // namespace keys

}  // namespace ferroway::config
