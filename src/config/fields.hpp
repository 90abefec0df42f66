// The fields of one mapping: looked up by name, with every key that does not belong there reported
// at once.
#pragma once

#include <string>
#include <string_view>

#include "config/known_keys.hpp"
#include "config/reading.hpp"

namespace ferroway::config {

class fields {
 public:
  // Reports unknown keys and those that are not supported yet; keys that begin with `x-` are
  // skipped. `from` is a mapping and outlives this.
  fields(reading& in, const node& from, const key_table& table);

  // The value of `key`, null where the mapping does not have it.
  const node* find(std::string_view key) const noexcept;
  // Where `key` itself stands.
  position at(std::string_view key) const noexcept;
  bool has(std::string_view key) const noexcept { return find(key) != nullptr; }
  // It is there, or an unknown key was that seems to mean it: no need to report it as missing too.
  bool meant(std::string_view key) const noexcept;

 private:
  const node& from_;
  std::string hints_;
};

}  // namespace ferroway::config
