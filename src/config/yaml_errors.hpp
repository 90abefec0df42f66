// libyaml's complaints in the words of somebody who wrote a gateway's configuration.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ferroway::config {

struct yaml_complaint {
  std::string_view problem;  // libyaml's words
  std::string_view context;  // "while parsing a flow mapping"; may be empty
  std::string_view line;     // where the problem is
  std::size_t column = 0;    // of the problem in it, bytes, from 0
};

struct explanation {
  std::string message;
  std::string hint;
};

explanation explain_yaml(const yaml_complaint& what);

// Where in the line a `#` begins a comment that takes a closing brace or bracket away; YAML then
// complains of some later line.
std::optional<std::size_t> comment_over_brace(std::string_view line);
// `comment` is the line from there on.
explanation explain_comment(std::string_view comment);

}  // namespace ferroway::config
