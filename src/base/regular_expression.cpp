#include "base/regular_expression.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>

namespace ferroway {
namespace {

// Of one pattern: its program and the states that are remembered while matching.
constexpr std::int64_t memory_max = std::int64_t{1} << 20;
constexpr std::int64_t set_memory_max = std::int64_t{64} << 20;

re2::RE2::Options options(std::int64_t memory) {
  re2::RE2::Options made;
  made.set_encoding(re2::RE2::Options::EncodingLatin1);
  made.set_log_errors(false);
  made.set_dot_nl(true);
  made.set_max_mem(memory);
  return made;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

regular_expression::regular_expression(std::unique_ptr<re2::RE2> compiled) noexcept
    : compiled_(std::move(compiled)) {}
regular_expression::regular_expression(regular_expression&&) noexcept = default;
regular_expression& regular_expression::operator=(regular_expression&&) noexcept = default;
regular_expression::~regular_expression() = default;

std::expected<regular_expression, std::string> regular_expression::compile(
    std::string_view pattern) {
  if (pattern.size() > pattern_bytes_max) {
    return std::unexpected("it is longer than " + std::to_string(pattern_bytes_max) + " bytes");
  }
  auto made = std::make_unique<re2::RE2>(piece(pattern), options(memory_max));
  if (!made->ok()) {
    if (made->error_code() == re2::RE2::ErrorPatternTooLarge) {
      return std::unexpected("it needs too much memory; its repetitions multiply");
    }
    return std::unexpected(made->error());
  }
  if (made->NumberOfCapturingGroups() > static_cast<int>(groups_max)) {
    return std::unexpected("more than " + std::to_string(groups_max) +
                           " groups capture; write (?:...) for those that need not");
  }
  return regular_expression(std::move(made));
}

const std::string& regular_expression::pattern() const noexcept { return compiled_->pattern(); }

bool regular_expression::matches(std::string_view text) const {
  return compiled_->Match(piece(text), 0, text.size(), re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

bool regular_expression::matches(std::string_view text, std::span<std::string_view> groups) const {
  std::array<re2::StringPiece, groups_max + 1> found;
  const std::size_t count = std::min({groups.size(), found.size(), group_count() + 1});
  if (!compiled_->Match(piece(text), 0, text.size(), re2::RE2::ANCHOR_BOTH, found.data(),
                        static_cast<int>(count))) {
    return false;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = i < count && found[i].data() != nullptr
                    ? std::string_view(found[i].data(), found[i].size())
                    : std::string_view{};
  }
  return true;
}

std::size_t regular_expression::group_count() const noexcept {
  return static_cast<std::size_t>(compiled_->NumberOfCapturingGroups());
}

std::vector<regular_expression::group> regular_expression::named_groups() const {
  std::vector<group> named;
  for (const auto& [number, name] : compiled_->CapturingGroupNames())
    named.push_back({name, number});
  return named;
}

struct regular_expression_set::compiled {
  re2::RE2::Set set{options(set_memory_max), re2::RE2::ANCHOR_BOTH};
};

regular_expression_set::regular_expression_set(std::vector<const regular_expression*> patterns,
                                               std::unique_ptr<compiled> set) noexcept
    : patterns_(std::move(patterns)), set_(std::move(set)) {}
regular_expression_set::~regular_expression_set() = default;

std::unique_ptr<regular_expression_set> regular_expression_set::compile(
    std::vector<const regular_expression*> patterns) {
  auto made = std::make_unique<compiled>();
  for (const regular_expression* each : patterns) {
    if (made->set.Add(piece(each->pattern()), nullptr) < 0) return nullptr;
  }
  if (!made->set.Compile()) return nullptr;
  return std::unique_ptr<regular_expression_set>(
      new regular_expression_set(std::move(patterns), std::move(made)));
}

std::span<const int> regular_expression_set::matches(std::string_view text) const {
  // RE2 wants a vector to fill; one for each thread allocates only while it grows.
  static thread_local std::vector<int> found;
  found.clear();
  re2::RE2::Set::ErrorInfo error{};
  if (set_->set.Match(piece(text), &found, &error)) {
    std::ranges::sort(found);
  } else if (error.kind != re2::RE2::Set::kNoError) {
    // Too many states for the memory that it may use: each by itself still takes linear time.
    found.clear();
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      if (patterns_[i]->matches(text)) found.push_back(static_cast<int>(i));
    }
  }
  return found;
}

}  // namespace ferroway
