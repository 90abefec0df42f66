#include "http/preflight.hpp"

#include "http/characters.hpp"

namespace ferroway::http {

std::string_view announced_method(const request_head& request) noexcept {
  if (request.verb != method::options) return {};
  // Browsers send one of each.
  const field_list& fields = request.fields;
  if (fields.count(field_id::origin) != 1) return {};
  if (fields.count(field_id::access_control_request_method) != 1) return {};
  constexpr std::size_t method_bytes_max = 32;
  const std::string_view announced = fields.value(field_id::access_control_request_method);
  const bool whole = is_token(announced) && announced.size() <= method_bytes_max;
  return whole ? announced : std::string_view{};
}

}  // namespace ferroway::http
