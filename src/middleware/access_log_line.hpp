// What a line of an access log looks like: one class for each format. Made with the middleware,
// immutable, used by every worker.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "config/middlewares.hpp"
#include "exchange/exchange.hpp"

namespace ferroway {

// Lines are cut here.
inline constexpr std::size_t access_log_line_bytes_max = 4096;

class access_log_line {
 public:
  // Fields of the request as the middleware met them: those behind it may edit them.
  using kept_fields = std::span<const std::string_view>;

  virtual ~access_log_line() = default;
  // Values of what write() will want, in the exchange's memory.
  virtual kept_fields keep(exchange&) const { return {}; }
  // Into `room`, of access_log_line_bytes_max bytes; returns the line without its end. Whatever a
  // peer has sent, it holds no control byte, and no value ends the quotes around it.
  virtual std::string_view write(exchange& ex, kept_fields kept,
                                 std::span<char> room) const noexcept = 0;
};

std::unique_ptr<const access_log_line> make_access_log_line(
    const config::access_log_middleware& from);

std::unique_ptr<const access_log_line> make_json_line();
std::unique_ptr<const access_log_line> make_combined_line();
std::unique_ptr<const access_log_line> make_template_line(const config::template_text& from);

}  // namespace ferroway
