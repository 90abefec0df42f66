// The fields of one mapping: looked up by name, with every key that does not belong there reported
// at once.
#pragma once

#include <optional>
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

  // The value of `key` where it is there and within what the table says of it; else `into` stays as
  // it is, and what is wrong is reported.
  void read(std::string_view key, bool& into) const;
  void read(std::string_view key, duration& into) const;
  void read(std::string_view key, std::optional<duration>& into) const;
  void read(std::string_view key, std::size_t& into) const;  // a count or a size
  void read(std::string_view key, std::optional<std::size_t>& into) const;

  // It is there, or an unknown key was that seems to mean it: no need to report it as missing too.
  bool meant(std::string_view key) const noexcept;

 private:
  std::optional<duration> read_duration_of(std::string_view key) const;
  std::optional<std::size_t> read_number_of(std::string_view key) const;

  reading& in_;
  const node& from_;
  const key_table& table_;
  std::string hints_;
};

}  // namespace ferroway::config
