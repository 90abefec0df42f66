// Texts written so that YAML, and substitution after it, read back the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace ferroway::config {

// In double quotes, one line, ASCII control and unusual characters escaped, `${` as `$${`. `text`
// is UTF-8.
std::string yaml_quoted(std::string_view text);
// Without quotes where nothing can be misread: names, methods.
std::string yaml_word(std::string_view text);
// Variables and what came from outside as `${...}` again.
std::string yaml_template(const template_text& text);

}  // namespace ferroway::config
