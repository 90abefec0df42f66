// A path with variables, ready to be filled in: "/v2/users/${path.id}".
#pragma once

#include <vector>

#include "exchange/variables.hpp"

namespace ferroway {

class path_template {
 public:
  // `allowed`: what the route lets stand in a path (http/path_ambiguities.hpp).
  explicit path_template(const config::template_text& from, http::path_ambiguities allowed = {});

  bool empty() const noexcept { return pieces_.empty(); }

  // In normal form (http/path.hpp), in the exchange's memory. What was captured from the path
  // stands as it is; other values are percent-encoded, so that none of them makes a segment of its
  // own. Fails (400) where a value cannot stand in a path: it would be a dot segment, or nothing
  // between two slashes.
  result<std::string_view> fill(exchange& ex) const;

 private:
  struct piece {
    std::string literal;
    std::optional<variable> from;
    bool is_path = false;   // captured from the path: encoded already
    bool is_query = false;  // may hold escapes
  };
  std::vector<piece> pieces_;
  http::path_ambiguities allowed_;
};

}  // namespace ferroway
