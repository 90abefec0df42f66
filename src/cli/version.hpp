// `ferroway version`: which build this is.
#pragma once

#include <string>

namespace ferroway::cli {

// "0.1.0+4d07612a3b", without the commit where the build was not made from a repository.
std::string version_text();

// Prints it; returns the exit code.
int version();

}  // namespace ferroway::cli
