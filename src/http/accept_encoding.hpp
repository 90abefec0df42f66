// Which content coding a client wants (RFC 9110, 12.5.3). Pure functions of the request's fields.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/fields.hpp"

namespace ferroway::http {

// Those that the gateway can make: RFC 8878, RFC 7932, RFC 1952.
enum class content_coding : std::uint8_t { zstd, br, gzip };
inline constexpr std::size_t content_codings = 3;

// As Content-Encoding says it.
std::string_view to_string(content_coding which) noexcept;

// Codings that a request may list in all; with more it lists none.
inline constexpr std::size_t accepted_codings_max = 64;

struct coding_choice {
  std::optional<content_coding> coding;
  std::string_view reason = {};  // why none, a literal
};

// The one of `ours` (in our order of preference) with the highest weight; ours decides among
// equals. All Accept-Encoding fields are one list. `x-gzip` is `gzip`; `*` stands for what is not
// listed; of a coding that is listed twice the lower weight counts. None where there is no such
// field, where it is malformed, or where the client says that it prefers `identity`.
coding_choice choose_coding(const field_list& request,
                            std::span<const content_coding> ours) noexcept;

}  // namespace ferroway::http
