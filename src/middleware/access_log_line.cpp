#include "middleware/access_log_line.hpp"

#include <utility>

namespace ferroway {

std::unique_ptr<const access_log_line> make_access_log_line(
    const config::access_log_middleware& from) {
  switch (from.format) {
    case config::log_format::json:
      return make_json_line();
    case config::log_format::combined:
      return make_combined_line();
    case config::log_format::as_template:
      return make_template_line(from.line);
  }
  std::unreachable();
}

}  // namespace ferroway
