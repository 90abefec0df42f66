#include "middleware/request_id.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ferroway {
namespace {

using http::field_id;

constexpr std::string_view field_name = "X-Request-ID";

bool acceptable(std::string_view id) {
  constexpr std::size_t bytes_max = 128;
  return !id.empty() && id.size() <= bytes_max && std::ranges::all_of(id, [](char c) {
    constexpr std::string_view others = "-_.:/+=@";
    return is_alpha(c) || is_digit(c) || others.find(c) != std::string_view::npos;
  });
}

void put_id(exchange& ex, http::response_head& head, const void*) {
  head.fields.set(ex.memory, field_name, ex.request_id(), field_id::x_request_id);
}

}  // namespace

task<result<response>> request_id::handle(exchange& ex, next_handler next) {
  http::field_list& fields = ex.request.fields;
  const std::string_view given = fields.value(field_id::x_request_id);
  if (fields.count(field_id::x_request_id) == 1 && acceptable(given)) {
    ex.set_request_id(given);
    ex.record(name(), "kept", given);
  } else {
    fields.set(ex.memory, field_name, ex.request_id(), field_id::x_request_id);
    ex.record(name(), "made", ex.request_id());
  }
  ex.at_answer(&put_id, nullptr);
  return next(ex);
}

}  // namespace ferroway
