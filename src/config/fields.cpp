#include "config/fields.hpp"

#include <algorithm>
#include <cassert>
#include <initializer_list>

namespace ferroway::config {

namespace {

// The type of `key`, or of its forms the one that is of this kind. Asking for what the table does
// not have is a bug of the reader.
const value_type& type_of(const key_table& table, std::string_view key,
                          std::initializer_list<value_is> kinds) {
  const known_key* known = table.find(key);
  assert(known != nullptr);
  const value_type* found = &known->type;
  if (found->is == value_is::any_of) {
    const auto form = std::ranges::find_if(found->forms, [&](const value_type* each) {
      return std::ranges::find(kinds, each->is) != kinds.end();
    });
    assert(form != found->forms.end());
    found = *form;
  }
  assert(std::ranges::find(kinds, found->is) != kinds.end());
  return *found;
}

}  // namespace

fields::fields(reading& in, const node& from, const key_table& table)
    : in_(in), from_(from), table_(table) {
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const node& key = *from.items[i];
    if (!key.is_scalar() || key.text.starts_with("x-") || (key.plain && key.text == "<<")) continue;
    const known_key* known = table.find(key.text);
    if (known == nullptr) {
      if (in.report.full()) continue;
      std::string hint = hint_for_unknown(key.text, table);
      if (!hint.starts_with("valid here")) hints_ += hint;
      const bool after_comma = from.flow && from.items[i + 1]->is_null();
      if (after_comma) hint = "quote the value before it if the comma belongs to that value";
      in.report.error(key.at, "unknown key " + shown(key.text) + " in " + std::string(table.what),
                      std::move(hint));
    } else if (!known->works) {
      in.report.error(key.at, shown(key.text) + " is not supported yet");
    }
  }
}

const node* fields::find(std::string_view key) const noexcept {
  for (std::size_t i = 0; i + 1 < from_.items.size(); i += 2) {
    if (from_.items[i]->is_scalar() && from_.items[i]->text == key) return from_.items[i + 1];
  }
  return nullptr;
}

std::optional<duration> fields::read_duration_of(std::string_view key) const {
  const node* found = find(key);
  if (found == nullptr) return std::nullopt;
  const value_type& type = type_of(table_, key, {value_is::duration});
  return read_duration(
      in_, *found, key,
      {std::chrono::milliseconds(type.least), std::chrono::milliseconds(type.most)});
}

std::optional<std::size_t> fields::read_number_of(std::string_view key) const {
  const node* found = find(key);
  if (found == nullptr) return std::nullopt;
  const value_type& type = type_of(table_, key, {value_is::count, value_is::size});
  const auto least = static_cast<std::size_t>(type.least);
  const auto most = static_cast<std::size_t>(type.most);
  if (type.is == value_is::size) return read_size(in_, *found, key, least, most);
  return read_count(in_, *found, key, least, most);
}

void fields::read(std::string_view key, bool& into) const {
  if (const node* found = find(key)) into = read_switch(in_, *found, key).value_or(into);
}

void fields::read(std::string_view key, duration& into) const {
  into = read_duration_of(key).value_or(into);
}

void fields::read(std::string_view key, std::optional<duration>& into) const {
  if (const auto value = read_duration_of(key)) into = value;
}

void fields::read(std::string_view key, std::size_t& into) const {
  into = read_number_of(key).value_or(into);
}

void fields::read(std::string_view key, std::optional<std::size_t>& into) const {
  if (const auto value = read_number_of(key)) into = value;
}

bool fields::meant(std::string_view key) const noexcept {
  return has(key) || hints_.find("`" + std::string(key) + "`") != std::string::npos;
}

position fields::at(std::string_view key) const noexcept {
  for (std::size_t i = 0; i + 1 < from_.items.size(); i += 2) {
    if (from_.items[i]->is_scalar() && from_.items[i]->text == key) return from_.items[i]->at;
  }
  return from_.at;
}

}  // namespace ferroway::config
