#include "exchange/identity_headers.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ferroway {
namespace {

constexpr char folded(char c) { return c == '_' || c == '.' ? '-' : to_lower(c); }

// Lengths first: most names differ in them.
constexpr bool precedes(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (folded(a[i]) != folded(b[i])) return folded(a[i]) < folded(b[i]);
  }
  return false;
}

}  // namespace

void identity_headers::add(std::span<const std::string> names) {
  for (const std::string& name : names) {
    const auto at = std::ranges::lower_bound(names_, name, precedes);
    if (at != names_.end() && !precedes(name, *at)) continue;
    names_.insert(at, name);
    lengths_ |= length_bit(name.size());
  }
}

bool identity_headers::finds(std::string_view name) const noexcept {
  const auto at = std::ranges::lower_bound(names_, name, precedes);
  return at != names_.end() && !precedes(name, *at);
}

std::size_t identity_headers::remove_all(http::field_list& fields) const noexcept {
  std::size_t count = 0;
  for (const http::field& item : fields) {
    if (!holds(item.name())) continue;
    fields.remove(item);
    ++count;
  }
  return count;
}

}  // namespace ferroway
