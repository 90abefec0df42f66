// The settings of `security_headers`.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr std::array off_words{"off"sv};
constexpr value_type off = types::one_of(off_words);
constexpr value_type transport{.is = value_is::text,
                               .what = "a value such as max-age=31536000; includeSubDomains",
                               .pattern = "^max-age=[0-9]+( *;.*)?$",
                               .example = "max-age=600; includeSubDomains",
                               .digits = false};
constexpr value_type line{.is = value_is::text,
                          .what = "a header's value",
                          .pattern = ".",
                          .example = "camera=()",
                          .digits = false};
constexpr std::array transport_forms{&off, &transport};
constexpr std::array line_forms{&off, &line};
constexpr value_type text_or_off = types::any_of(line_forms, "`off`, or a header's value");

constexpr std::array options{"nosniff"sv, "off"sv};
constexpr std::array frames{"DENY"sv, "SAMEORIGIN"sv, "off"sv};
constexpr std::array referrers{"no-referrer"sv,
                               "no-referrer-when-downgrade"sv,
                               "origin"sv,
                               "origin-when-cross-origin"sv,
                               "same-origin"sv,
                               "strict-origin"sv,
                               "strict-origin-when-cross-origin"sv,
                               "unsafe-url"sv,
                               "off"sv};

// clang-format off
constexpr std::array security_keys{
    known_key{"strict_transport_security", types::any_of(transport_forms, "`off`, or `max-age=SECONDS` with `includeSubDomains` and `preload` behind semicolons"), "`max-age=31536000`", "Browsers ask by https only from now on; sent only where the request came by https."},
    known_key{"content_type_options", types::one_of(options), "`nosniff`", "Browsers take an answer for what its `Content-Type` says."},
    known_key{"frame_options", types::one_of(frames), "`DENY`", "Which pages may show it in a frame."},
    known_key{"referrer_policy", types::one_of(referrers), "`strict-origin-when-cross-origin`", "What other sites learn of where a visitor comes from."},
    known_key{"content_security_policy", text_or_off, "`off`", "What a page may load and run."},
    known_key{"permissions_policy", text_or_off, "`off`", "Which features of the browser a page may use."},
    known_key{"override", types::flag, "`false`", "Whether these replace what the upstream says; otherwise its word counts."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table security_headers{"security_headers", security_keys, "security_headers",
                                           true};
}  // namespace keys
}  // namespace ferroway::config
