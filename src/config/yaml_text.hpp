// Texts written so that YAML, and substitution after it, read back the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace ferroway::config {

// In double quotes, one line, ASCII control and unusual characters escaped, `${` as `$${`. `text`
// is UTF-8.
std::string yaml_quoted(std::string_view text);
// The same of a text that is still to be substituted: `${...}` stays.
std::string yaml_as_written(std::string_view text);
// Without quotes where nothing can be misread: names, methods.
std::string yaml_word(std::string_view text);
// Variables and what came from outside as `${...}` again.
std::string yaml_template(const template_text& text);

// A list on one line, of items that are written already.
std::string yaml_list(const std::vector<std::string>& items);
// "10.0.0.0/8".
std::string yaml_network(const io::ip_network& from);

}  // namespace ferroway::config
