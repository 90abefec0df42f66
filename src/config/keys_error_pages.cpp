// The settings of `error_pages`.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr value_type file{
    .is = value_is::text, .what = "a file", .example = "pages/404.html", .digits = false};
constexpr value_type media_type{.is = value_is::text,
                                .what = "a media type",
                                .pattern = "^[^/; ]+/[^/; ]+(;.*)?$",
                                .example = "text/html; charset=utf-8",
                                .digits = false};
constexpr value_type long_page = types::mapping(keys::error_page);
constexpr std::array page_forms{&file, &long_page};
constexpr value_type page = types::any_of(page_forms, "a file, or `{file, type}`");
constexpr value_type several_pages = types::list_of(page, "a list of them");
constexpr std::array pages_forms{&file, &long_page, &several_pages};
constexpr value_type pages_of_status = types::any_of(pages_forms);
constexpr value_type pages{.is = value_is::pairs,
                           .what = "statuses and files",
                           .pattern = "^([45][0-9]{2}(-[45][0-9]{2})?|[45]xx)$",
                           .example = "404",
                           .of = &pages_of_status};
constexpr std::array whose{"gateway"sv, "all"sv};

// clang-format off
constexpr std::array error_pages_keys{
    known_key{"pages", pages, required, "The page for a status (`404`), a range (`500-599`) or a class (`5xx`): a file, `{file, type}`, or a list of them for clients that accept different types. The narrower range counts."},
    known_key{"from", types::one_of(whose), "`gateway`", "Whose errors get pages: those that the gateway itself makes, or `all`, those of upstreams too."}};
constexpr std::array error_page_keys{
    known_key{"file", file, required, "At most 1 MiB, UTF-8; relative to the configuration file. Request variables and `${response.status}` are filled in, escaped for the type."},
    known_key{"type", media_type, "by the file's ending", "Its Content-Type. Known endings: `.html`, `.htm`, `.json`, `.xml`, `.txt`."}};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table error_pages{"`error_pages`", error_pages_keys, "error_pages", true};
constinit const key_table error_page{"a page", error_page_keys, "error_page"};
}  // namespace keys
}  // namespace ferroway::config
