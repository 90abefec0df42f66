// The settings of `compress`.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr std::array codings{"zstd"sv, "br"sv, "gzip"sv};
constexpr value_type coding = types::one_of(codings);
constexpr std::array levels{"fast"sv, "default"sv, "best"sv};
constexpr value_type media_range{.is = value_is::text,
                                 .what = "a media type",
                                 .pattern =
                                     "^[!#$%&'+.^_`|~0-9A-Za-z-]+/"
                                     "([*]|([*][+])?[!#$%&'+.^_`|~0-9A-Za-z-]+)$",
                                 .example = "text/*",
                                 .digits = false};

// clang-format off
constexpr std::array compress_keys{
    known_key{"encodings", types::list_of(coding, "a list of `zstd`, `br` and `gzip`"), "`[zstd, br, gzip]`", "Which are offered; of those that a client likes best, the first here."},
    known_key{"level", types::one_of(levels), "`default`", "How much CPU time a smaller answer is worth."},
    known_key{"min_bytes", types::sizes(0, std::int64_t{1} << 30), "`1KiB`", "What is known to be shorter goes out as it is."},
    known_key{"types", types::list_of(media_range, "a list of media types"), "texts, JSON, XML, SVG, WebAssembly, fonts", "Which are compressed: `text/html`, `text/*`, `application/*+json`. Event streams are only by their own name, `text/event-stream`."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table compress{"`compress`", compress_keys, "compress", true};
}  // namespace keys

}  // namespace ferroway::config
