// The command line: which verbs there are, what they take, what --help teaches. Each verb is a file
// beside this one; nothing here knows what a verb does.
#pragma once

namespace ferroway::cli {

// Runs the verb that `words` ask for and returns the exit code of the process (exit_code.hpp, or
// what the server says). Reads and writes the standard streams; called once, on the main thread.
int run_command_line(int count, const char* const* words);

}  // namespace ferroway::cli
