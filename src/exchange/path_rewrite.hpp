// Another path for the upstream than the client asked for; the query stays as it is. Made once per
// route, immutable, shared by all workers.
#pragma once

#include <optional>
#include <string>

#include "base/regular_expression.hpp"
#include "config/config.hpp"
#include "exchange/path_template.hpp"

namespace ferroway {

class path_rewrite {
 public:
  // `from` has been found valid. `allowed`: what the route lets stand in a path.
  explicit path_rewrite(const config::path_rewrite& from, http::path_ambiguities allowed = {});

  // What the request's path becomes, in normal form: the path itself where nothing applies (`*` of
  // OPTIONS, another prefix, a pattern that does not match). Fails (400) where that would be no
  // path.
  result<std::string_view> apply(exchange& ex) const;

 private:
  std::string_view with_other_prefix(std::string_view path, arena& memory) const;
  std::string_view replaced(std::string_view path, arena& memory) const;

  std::string strip_prefix_;
  std::string add_prefix_;
  path_template path_;
  std::optional<regular_expression> match_;
  std::string replace_;
  http::path_ambiguities allowed_;
};

}  // namespace ferroway
