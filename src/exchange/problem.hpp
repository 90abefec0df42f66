// The one table from failures to answers: status, `type` and title of the problem (RFC 9457), and
// whether there is anybody left to answer.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "exchange/exchange.hpp"
#include "exchange/response.hpp"

namespace ferroway {

struct problem {
  std::uint16_t status;
  std::string_view slug;  // the end of the stable `type` URI
  std::string_view title;
  bool retry_after = false;  // the answer says `Retry-After: 1`
};

inline constexpr std::string_view problem_type_base = "https://ferroway.dev/problems/";

const problem& problem_of(const failure& why) noexcept;

// False when the client itself is gone: nothing can be sent any more.
bool answerable(const failure& why) noexcept;

// application/problem+json, or text/html where Accept prefers it; with the request id; never with
// internals. The exchange's scopes are open again afterwards: this answer is still to be written.
response to_response(exchange& ex, const failure& why);

// The reply to edit: the one there is, or the failure made into one. Null where there is nobody to
// answer.
http::response_head* head_to_edit(exchange& ex, result<response>& reply);

}  // namespace ferroway
