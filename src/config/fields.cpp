#include "config/fields.hpp"

#include <algorithm>

namespace ferroway::config {

fields::fields(reading& in, const node& from, const key_table& table) : from_(from) {
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const node& key = *from.items[i];
    if (!key.is_scalar() || key.text.starts_with("x-") || (key.plain && key.text == "<<")) continue;
    const auto known = std::ranges::find(table.keys, key.text, &known_key::name);
    if (known == table.keys.end()) {
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
