#include "telemetry/exposition.hpp"

#include <fmt/format.h>

namespace ferroway::telemetry {
namespace {

// Of a label's value, which stands in double quotes.
void append_escaped(std::string& to, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') {
      to += '\\';
      to += c;
    } else if (c == '\n') {
      to += "\\n";
    } else {
      to += c;
    }
  }
}

}  // namespace

void exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void exposition::sample(labels with, std::uint64_t value, std::string_view suffix) {
  begin_sample(with, suffix);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void exposition::sample_seconds(labels with, std::uint64_t nanoseconds, std::string_view suffix) {
  begin_sample(with, suffix);
  text_ += seconds_text(nanoseconds);
  text_ += '\n';
}

void exposition::begin_sample(labels with, std::string_view suffix) {
  text_ += name_;
  text_ += suffix;
  char before = '{';
  for (const auto& [name, value] : with) {
    text_ += before;
    text_ += name;
    text_ += "=\"";
    append_escaped(text_, value);
    text_ += '"';
    before = ',';
  }
  if (before == ',') text_ += '}';
  text_ += ' ';
}

std::string seconds_text(std::uint64_t nanoseconds) {
  constexpr std::uint64_t second = 1'000'000'000;
  std::string text = fmt::format("{}.{:09}", nanoseconds / second, nanoseconds % second);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace ferroway::telemetry
