// What the tests of the configuration share: an environment made up by the test, and values written
// out as text so that a difference can be read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/load.hpp"

namespace ferroway::config::testing {

class made_up_environment final : public environment {
 public:
  std::map<std::string, std::string, std::less<>> variables;
  std::map<std::string, std::string> files;

  std::optional<std::string> variable(std::string_view name) const override;
  std::optional<std::string> file(const std::string& path) const override;
  file_text configuration(const std::string& path, std::size_t bytes_max) const override;
  std::expected<std::optional<std::vector<std::string>>, std::string> names_in(
      const std::string& folder) const override;
};

loaded load(const std::string& text, const environment& outside = made_up_environment());

// All diagnostics, a line each: "error 3:5 message | hint".
std::string complaints(const loaded& outcome);

// Every field but the positions.
std::string written_out(const config& what);
// The same of a text that must be valid; its complaints otherwise.
std::string written_out(const std::string& text,
                        const environment& outside = made_up_environment());

}  // namespace ferroway::config::testing
