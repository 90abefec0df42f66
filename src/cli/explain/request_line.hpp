// A request as people write it on a command line or in a file of tests.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "server/rehearsal.hpp"

namespace ferroway::cli {

// `url` is "http://host/path?query" or "/path?query" (then Host is `localhost` unless the headers
// say it). The error says what is wrong with the URL.
std::expected<server::rehearsal_request, std::string> make_request(std::string_view method,
                                                                   std::string_view url,
                                                                   server::header_lines headers);

// "192.0.2.7", or with a port.
std::expected<io::address, std::string> parse_client(std::string_view text);

// The listener of that name, the first where it is empty; the error lists their names.
std::expected<std::size_t, std::string> find_listener(const config::config& in,
                                                      std::string_view name);

}  // namespace ferroway::cli
