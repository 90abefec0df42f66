// Files with a credential in each line. Blank lines, and lines that begin with `#`, are skipped.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/text.hpp"

namespace ferroway::credentials {

// What is wrong with a file: never what stands there, since it may be a secret.
struct line_problem {
  std::size_t line = 0;  // from 1; 0: the whole file
  const char* what = "";
};

// One line after the other, without its end.
class listed_lines {
 public:
  explicit listed_lines(std::string_view text) : rest_(text) {}

  // False at the end.
  bool next(std::string_view& line) {
    while (!rest_.empty()) {
      ++number_;
      line = split_off(rest_, '\n');
      if (line.ends_with('\r')) line.remove_suffix(1);
      line = trim(line);
      if (!line.empty() && !line.starts_with('#')) return true;
    }
    return false;
  }
  std::size_t number() const noexcept { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

}  // namespace ferroway::credentials
