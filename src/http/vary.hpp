// What an answer depends on beside its URL (RFC 9110, 12.5.5).
#pragma once

#include <string_view>

#include "http/fields.hpp"

namespace ferroway::http {

// Vary names `name` afterwards, beside what it named before; `*` names all there is. `name` is a
// literal.
void vary_by(field_list& answer, std::string_view name, arena& memory);

}  // namespace ferroway::http
