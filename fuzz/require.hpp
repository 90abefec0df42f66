// What a fuzzer promises of its subject: checked in every build type.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace ferroway::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

}  // namespace ferroway::fuzz
