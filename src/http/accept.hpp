// Which of several types a client wants (RFC 9110, 12.5.1). Pure functions.
#pragma once

#include <string_view>

namespace ferroway::http {

// How much a client wants `type` ("text/html", in lower case, without parameters) by what its
// Accept says: 0 (not at all) to 1000. The most specific range counts; one with parameters of its
// own counts as without them. A client without Accept takes everything.
unsigned wanted_of(std::string_view accept, std::string_view type) noexcept;

// It asks for JSON and not for a page: whatever `*/*` says beside that is for want of better.
bool asks_for_json_only(std::string_view accept) noexcept;

}  // namespace ferroway::http
