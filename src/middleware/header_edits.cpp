#include "middleware/header_edits.hpp"

namespace ferroway {

header_edits::header_edits(const config::header_edits& from)
    : set_(compile(from.set)), append_(compile(from.append)), add_(compile(from.add)) {
  for (const std::string& name : from.remove) remove_.push_back({name, http::identify(name)});
}

std::vector<header_edits::edit> header_edits::compile(
    const std::vector<std::pair<std::string, config::template_text>>& from) {
  std::vector<edit> edits;
  edits.reserve(from.size());
  for (const auto& [name, value] : from) {
    edits.push_back({name, http::identify(name), text_template(value)});
  }
  return edits;
}

// One field with all of the list: RFC 9110, 5.3.
void header_edits::append(arena& memory, http::field_list& fields, const edit& item,
                          std::string_view value) {
  if (value.empty()) return;
  const auto before = http::combined_value(fields, item.id, item.name, memory);
  const bool begun = before && !before->empty();
  const std::string_view separator = item.id == http::field_id::cookie ? "; " : ", ";
  fields.set(memory, item.name, begun ? memory.join(*before, separator, value) : value, item.id);
}

void header_edits::apply(exchange& ex, http::field_list& fields) const {
  // Values first, so that a field can be renamed: set from ${header.X}, and X removed.
  auto* values =
      ex.memory.allocate_array<std::string_view>(set_.size() + append_.size() + add_.size());
  std::size_t count = 0;
  for (const edit& item : set_) values[count++] = item.value.fill(ex);
  for (const edit& item : append_) values[count++] = item.value.fill(ex);
  for (const edit& item : add_) values[count++] = item.value.fill(ex);
  count = 0;
  for (const removal& item : remove_) fields.remove(item.name, item.id);
  for (const edit& item : set_) fields.set(ex.memory, item.name, values[count++], item.id);
  for (const edit& item : append_) append(ex.memory, fields, item, values[count++]);
  for (const edit& item : add_) fields.add(ex.memory, item.name, values[count++], item.id);
}

task<result<response>> request_headers::handle(exchange& ex, next_handler next) {
  edits_.apply(ex, ex.request.fields);
  ex.record(name(), "edited");
  return next(ex);
}

task<result<response>> response_headers::handle(exchange& ex, next_handler next) {
  ex.at_answer(&response_headers::edit, this);
  return next(ex);
}

void response_headers::edit(exchange& ex, http::response_head& head, const void* with) {
  const auto& by = *static_cast<const response_headers*>(with);
  by.edits_.apply(ex, head.fields);
  ex.record(by.name(), "edited");
}

}  // namespace ferroway
