// The headers that tell upstreams who the client is: middlewares that know it write them, so nobody
// else may send them, on any route (docs/CONFIGURATION.md, "Identity headers cannot be forged").
// The names come from middlewares when a snapshot is assembled (middleware::identity_headers);
// immutable from then on, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/fields.hpp"

namespace ferroway {

class identity_headers {
 public:
  // Names in any case; the same one may come again.
  void add(std::span<const std::string> names);

  bool empty() const noexcept { return names_.empty(); }
  // Whether an upstream could read `name` as one of them: case aside, and `_` and `.` as `-`, as
  // CGI and its heirs fold them.
  bool holds(std::string_view name) const noexcept {
    return (lengths_ & length_bit(name.size())) != 0 && finds(name);
  }
  // Takes them away, and returns how many there were. Costs a look at each field's length where
  // there are names at all, and nothing where there are none.
  std::size_t remove_from(http::field_list& fields) const noexcept {
    return empty() ? 0 : remove_all(fields);
  }

 private:
  static constexpr std::uint64_t length_bit(std::size_t bytes) noexcept {
    return std::uint64_t{1} << (bytes < 63 ? bytes : 63);
  }
  bool finds(std::string_view name) const noexcept;
  std::size_t remove_all(http::field_list& fields) const noexcept;

  std::vector<std::string> names_;  // sorted, by length first
  std::uint64_t lengths_ = 0;       // which there are, from 63 bytes on as one
};

}  // namespace ferroway
