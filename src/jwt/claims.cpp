#include "jwt/claims.hpp"

#include <algorithm>

namespace ferroway::jwt {

bool claim_value::equals(std::string_view wanted) const noexcept {
  return is == shape::single && items.front() == wanted;
}

bool claim_value::contains(std::string_view wanted) const noexcept {
  return std::ranges::find(items, wanted) != items.end();
}

std::optional<problem> problem_of_times(const verified_token& of, duration leeway,
                                        wall_time now) noexcept {
  if (of.expires && now >= *of.expires + leeway) return problem::expired;
  if (of.valid_from && now + leeway < *of.valid_from) return problem::not_yet_valid;
  if (of.issued && now + leeway < *of.issued) return problem::issued_in_future;
  return std::nullopt;
}

}  // namespace ferroway::jwt
