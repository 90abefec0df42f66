#include "middleware/allowed_origins.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ferroway {
namespace {

// Labels of a host's name: nothing that could end the host, such as `/`, `:` or `@`.
bool are_labels(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

allowed_origins::allowed_origins(const std::vector<std::string>& from) {
  for (const std::string& each : from) {
    const std::size_t star = each.find("*.");
    if (each == "*") {
      any_ = true;
    } else if (star != std::string::npos) {
      wildcards_.push_back({each.substr(0, star), each.substr(star + 1)});
    } else {
      exact_.push_back(each);
    }
  }
  std::ranges::sort(exact_);
}

bool allowed_origins::wildcard::takes(std::string_view origin) const noexcept {
  if (origin.size() <= before.size() + after.size()) return false;
  if (!origin.starts_with(before) || !origin.ends_with(after)) return false;
  origin.remove_prefix(before.size());
  origin.remove_suffix(after.size());
  return are_labels(origin);
}

bool allowed_origins::has(std::string_view origin) const noexcept {
  if (any_ || std::ranges::binary_search(exact_, origin)) return true;
  return std::ranges::any_of(wildcards_, [&](const wildcard& w) { return w.takes(origin); });
}

}  // namespace ferroway
