// Regular expressions in linear time: RE2's syntax, no back references, no look-around. Patterns
// match bytes (Latin-1), so that a value that is not UTF-8 is a value like any other. Immutable
// once compiled; any thread may match.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;  // NOLINT(readability-identifier-naming): theirs
}  // namespace re2

namespace ferroway {

class regular_expression {
 public:
  static constexpr std::size_t pattern_bytes_max = 1024;
  static constexpr std::size_t groups_max = 16;  // parentheses that capture

  // A named group: (?P<name>...).
  struct group {
    std::string name;
    int number;
  };

  // The error says what is wrong with it, for people. A pattern that is too long, or would need too
  // much memory once compiled, is refused.
  static std::expected<regular_expression, std::string> compile(std::string_view pattern);

  regular_expression(regular_expression&&) noexcept;
  regular_expression& operator=(regular_expression&&) noexcept;
  ~regular_expression();

  const std::string& pattern() const noexcept;
  // The whole of `text`.
  bool matches(std::string_view text) const;
  // The same; fills `groups` with the text as a whole and what its groups matched, as far as there
  // is room. Groups that took no part are empty.
  bool matches(std::string_view text, std::span<std::string_view> groups) const;
  std::size_t group_count() const noexcept;
  // By number.
  std::vector<group> named_groups() const;

 private:
  explicit regular_expression(std::unique_ptr<re2::RE2> compiled) noexcept;
  std::unique_ptr<re2::RE2> compiled_;
};

// Many patterns tried at once: the time of a match does not grow with their number.
class regular_expression_set {
 public:
  // `patterns` outlive the set and must be compiled ones; null when all of them together need too
  // much memory.
  static std::unique_ptr<regular_expression_set> compile(
      std::vector<const regular_expression*> patterns);
  ~regular_expression_set();

  const regular_expression& at(std::size_t index) const noexcept { return *patterns_[index]; }
  // The indices of those that match the whole of `text`, ascending: valid until this thread's next
  // call.
  std::span<const int> matches(std::string_view text) const;

 private:
  struct compiled;
  regular_expression_set(std::vector<const regular_expression*> patterns,
                         std::unique_ptr<compiled> set) noexcept;
  std::vector<const regular_expression*> patterns_;
  std::unique_ptr<compiled> set_;
};

}  // namespace ferroway
