#include "http/vary.hpp"

#include "base/text.hpp"

namespace ferroway::http {
namespace {

bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::string_view item = trim(split_off(list, ','));
    if (item == "*" || equals_ignoring_case(item, name)) return true;
  }
  return false;
}

}  // namespace

void vary_by(field_list& answer, std::string_view name, arena& memory) {
  if (!answer.has(field_id::vary)) {
    answer.add(memory, "Vary", name, field_id::vary);
    return;
  }
  const std::string_view all = combined_value(answer, field_id::vary, "Vary", memory).value_or("");
  if (lists(all, name)) return;
  answer.set(memory, "Vary", all.empty() ? name : memory.join(all, ", ", name), field_id::vary);
}

}  // namespace ferroway::http
