// From a file to a configuration, or to everything that is wrong with it at once.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/position.hpp"
#include "config/read_file.hpp"

namespace ferroway::config {

enum class severity : std::uint8_t { error, warning };

struct diagnostic {
  severity level = severity::error;
  position at;
  std::string message;  // what is wrong and what was expected
  std::string hint;     // what to do, e.g. "did you mean `listen`?"; may be empty
};

struct source {
  std::string name;  // the path as given
  std::string text;
};

// The environment as a port: tests and explain give their own.
class environment {
 public:
  virtual ~environment() = default;
  virtual std::optional<std::string> variable(std::string_view name) const = 0;
  // A file that ${file:PATH} names; nullopt if it cannot be read. `path` is already relative to the
  // working directory.
  virtual std::optional<std::string> file(const std::string& path) const = 0;
  // A file that `include` names, or why it cannot be read.
  virtual file_text configuration(const std::string& path, std::size_t bytes_max) const = 0;
  // What is in a folder, in any order, at most folder_names_max; nullopt if it is none. Fails, with
  // the reason, where that cannot be told.
  virtual std::expected<std::optional<std::vector<std::string>>, std::string> names_in(
      const std::string& folder) const = 0;
};
const environment& system_environment();

struct loaded {
  std::optional<config> value;          // set when there is no error
  std::vector<diagnostic> diagnostics;  // in file order
  std::vector<source> sources;          // the file itself, then those it includes
  // Beside the file itself all that its meaning depends on: included files, the folders that
  // patterns were looked up in, those of ${file:...}; also where they could not be read.
  std::vector<std::string> files_read;
};

// Reads and checks `path`. A file that cannot be read is a diagnostic too.
loaded load_file(const std::string& path, const environment& outside = system_environment());
// The same for a text; `name` stands in messages, its folder is where relative paths begin.
loaded load_text(std::string name, std::string text,
                 const environment& outside = system_environment());

// All diagnostics as people read them: file:line:column, the line quoted with a caret, the hint.
// Colour by ANSI codes when asked. Secrets and file contents that were substituted are never shown.
std::string render(const loaded& outcome, bool colour);

// The long form of the file, as YAML that loads to the same configuration (`ferroway check
// --print`).
std::string print_long_form(const config& from);

}  // namespace ferroway::config
