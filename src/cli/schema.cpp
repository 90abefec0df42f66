#include "cli/schema.hpp"

#include <cstdio>

#include "cli/exit_code.hpp"
#include "config/schema.hpp"

namespace ferroway::cli {

int schema(const schema_options& options) {
  const std::string text = options.markdown ? config::markdown_tables() : config::json_schema();
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return static_cast<int>(written ? exit_code::fine : exit_code::could_not_start);
}

}  // namespace ferroway::cli
