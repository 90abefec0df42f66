#include "config/report.hpp"

#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "config/limits.hpp"
#include "config/source_lines.hpp"

namespace ferroway::config {

void reporter::note(severity level, position at, std::string message, std::string hint) {
  found_.push_back({level, at, std::move(message), std::move(hint)});
}

void reporter::error(position at, std::string message, std::string hint) {
  ++errors_;
  if (errors_ <= errors_max) note(severity::error, at, std::move(message), std::move(hint));
}

void reporter::warning(position at, std::string message, std::string hint) {
  ++warnings_;
  if (warnings_ <= errors_max) note(severity::warning, at, std::move(message), std::move(hint));
}

std::string reporter::place(position other, position here) const {
  const std::string line = std::to_string(other.line);
  if (other.file == here.file || other.file >= files_.size()) return "in line " + line;
  return "in " + files_[other.file] + ":" + line;
}

bool reporter::full() const noexcept { return errors_ >= errors_max; }

std::vector<diagnostic> reporter::take() {
  // Errors at one place keep the order in which they were found.
  std::vector<std::size_t> order(found_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [this](std::size_t a, std::size_t b) {
    const position& first = found_[a].at;
    const position& second = found_[b].at;
    return std::tie(first.file, first.line, first.column, a) <
           std::tie(second.file, second.line, second.column, b);
  });
  std::vector<diagnostic> sorted;
  for (const std::size_t index : order) sorted.push_back(std::move(found_[index]));
  found_ = std::move(sorted);
  if (errors_ > errors_max) {
    note(severity::error, {}, std::to_string(errors_ - errors_max) + " more errors are not shown",
         "");
  }
  return std::move(found_);
}

std::string shown(std::string_view text) {
  constexpr std::size_t bytes_shown = 60;
  std::string out = "`";
  std::size_t at = 0;
  while (at < text.size() && at < bytes_shown) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = utf8_length(text.substr(at, 4));
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out += '?';
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  if (at < text.size()) out += "...";
  out += '`';
  return out;
}

std::string did_you_mean(std::string_view wanted, const std::vector<std::string_view>& names) {
  const auto nearest =
      nearest_name(wanted, names.data(), std::min(names.size(), names_compared_max));
  if (!nearest) return {};
  return "did you mean " + shown(*nearest) + "?";
}

}  // namespace ferroway::config
