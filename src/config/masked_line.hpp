// Lines of a configuration are quoted in errors, and errors end in terminals, logs and tickets.
// Any thread.
#pragma once

#include <string>
#include <string_view>

namespace ferroway::config {

// `line` with what stands there as the value of a secret (a key that ends with `token`, `secret`,
// `password`, `authorization` or `api_key`) replaced by as many asterisks, so that columns stay.
// Of `keys: {...}` (api_key) so is what is no digest. Looks at the text alone: errors are found in
// files that are not YAML, too. References such as
// ${NAME} and ${file:PATH} stay; ${NAME:-default} does not.
std::string masked_line(std::string_view line);

}  // namespace ferroway::config
