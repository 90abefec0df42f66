// The settings of access_log.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr std::array<std::string_view, 2> log_formats{"json", "combined"};
constexpr value_type log_format_word = types::one_of(log_formats);
constexpr value_type log_template{
    .is = value_is::text, .what = "a template", .example = "${client.ip} ${response.status}"};
constexpr std::array log_format_forms{&log_format_word, &log_template};
constexpr value_type log_format =
    types::any_of(log_format_forms, "`json`, `combined`, or a template with variables");
constexpr std::array<std::string_view, 2> standard_streams{"stdout", "stderr"};
constexpr value_type standard_stream = types::one_of(standard_streams);
constexpr value_type log_place = types::mapping(keys::log_destination);
constexpr std::array log_place_forms{&standard_stream, &log_place};
constexpr value_type log_file{
    .is = value_is::text, .what = "a path", .example = "/var/log/ferroway/access.log"};
constexpr value_type syslog_socket{.is = value_is::text,
                                   .what = "`unix:PATH` or `udp:ADDRESS:PORT`",
                                   .pattern = "^(unix:.+|udp:.+:[0-9]{1,5})$",
                                   .example = "unix:/dev/log",
                                   .digits = false};
constexpr value_type share{.is = value_is::text,
                           .what = "0.001% to 100%",
                           .pattern = "^[0-9]{1,3}(\\.[0-9]{1,3})?%$",
                           .example = "10%",
                           .digits = false};
constexpr std::array<std::string_view, 1> log_choices{"errors"};

// clang-format off
constexpr std::array access_log_keys{
    known_key{"format", log_format, "`json`", "What a line looks like."},
    known_key{"to", types::any_of(log_place_forms), "`stdout`", "Where lines go. Logs with the same destination share it."},
    known_key{"sample", share, "`100%`", "How many of the exchanges without an error are logged; those with one always are."},
    known_key{"only", types::one_of(log_choices), "everything", "Only exchanges with an error: status 400 or more, or something failed. Not beside `sample`."}};
constexpr std::array log_destination_keys{
    known_key{"file", log_file, "", "A file to append to, relative to the configuration file; made with mode 0640; opened again on USR1."},
    known_key{"syslog", syslog_socket, "", "A syslog daemon: `unix:/dev/log`, or `udp:10.0.0.1:514` (an IP address)."}};
constexpr std::array<std::string_view, 2> log_destination_choices{"file", "syslog"};
// clang-format on

}  // namespace

namespace keys {
constinit const key_table access_log{"the settings of access_log", access_log_keys, "access_log"};
constinit const key_table log_destination{
    "a log's destination",  log_destination_keys, "log_destination", false, true,
    log_destination_choices};
}  // namespace keys

}  // namespace ferroway::config
