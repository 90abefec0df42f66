#include "exchange/path_rewrite.hpp"

#include <array>

#include "base/text.hpp"
#include "http/path.hpp"

namespace ferroway {
namespace {

std::optional<regular_expression> compiled(const std::string& pattern) {
  if (pattern.empty()) return std::nullopt;
  auto made = regular_expression::compile(pattern);
  if (!made) return std::nullopt;
  return std::move(*made);
}

}  // namespace

path_rewrite::path_rewrite(const config::path_rewrite& from, http::path_ambiguities allowed)
    : strip_prefix_(from.strip_prefix),
      add_prefix_(from.add_prefix),
      path_(from.path, allowed),
      match_(compiled(from.match)),
      replace_(from.replace),
      allowed_(allowed) {}

result<std::string_view> path_rewrite::apply(exchange& ex) const {
  const std::string_view path = ex.request.path;
  if (!path.starts_with('/')) return path;
  if (!path_.empty()) return path_.fill(ex);
  const std::string_view made =
      match_ ? replaced(path, ex.memory) : with_other_prefix(path, ex.memory);
  if (made.data() == path.data()) return path;
  return http::normalise_joined_path(made, ex.memory, allowed_);
}

std::string_view path_rewrite::with_other_prefix(std::string_view path, arena& memory) const {
  std::string_view rest = path;
  if (!strip_prefix_.empty()) {
    if (!path.starts_with(strip_prefix_)) return path;
    rest.remove_prefix(strip_prefix_.size());
    if (!rest.empty() && rest.front() != '/') return path;
  }
  if (add_prefix_.empty()) return rest.empty() ? std::string_view("/") : rest;
  return memory.join(add_prefix_, rest);
}

std::string_view path_rewrite::replaced(std::string_view path, arena& memory) const {
  std::array<std::string_view, regular_expression::groups_max + 1> groups;
  if (!match_->matches(path, groups)) return path;
  std::string_view made;
  std::string_view rest = replace_;
  while (!rest.empty()) {
    const std::string_view literal = rest.substr(0, rest.find('\\'));
    rest.remove_prefix(literal.size());
    std::string_view group;
    if (rest.size() >= 2) {
      group =
          groups[static_cast<std::size_t>(rest[1] - '0')];  // a digit: the reader has seen to it
      rest.remove_prefix(2);
    }
    made = memory.join(made, literal, group);
  }
  return made;
}

}  // namespace ferroway
