// What a command's output goes to.
#pragma once

namespace ferroway::cli {

// True for a terminal, unless NO_COLOR says otherwise (no-color.org: set, and not empty).
bool wants_colour(int descriptor);

}  // namespace ferroway::cli
