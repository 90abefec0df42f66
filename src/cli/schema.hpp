// `ferroway schema`: the configuration language for editors, and for its own documentation.
#pragma once

namespace ferroway::cli {

struct schema_options {
  bool markdown = false;  // the tables of docs/CONFIGURATION.md instead
};

// Prints to stdout; returns the exit code.
int schema(const schema_options& options);

}  // namespace ferroway::cli
