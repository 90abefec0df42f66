// What a request to the demo backend wants done, said in its query:
// `?status=503&delay=200ms&bytes=1048576`. Names that are not known here are left to whoever tests
// with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace ferroway::echo {

struct wishes {
  std::uint16_t status = 200;
  std::optional<duration> delay;       // before the answer's head
  std::optional<std::uint64_t> bytes;  // of a body that is nothing but filler
};

// "250ms", "5s", "1m", "1h"; at most an hour.
std::optional<duration> parse_duration(std::string_view text);

// nullopt where a known name has a value that makes no sense.
std::optional<wishes> parse_wishes(std::string_view query);

}  // namespace ferroway::echo
