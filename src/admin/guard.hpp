// Who may ask the admin listener: whoever shows its token. Without a token it is bound to this
// machine alone, and then what has to be kept out are web pages: a browser on this machine asks
// what a page tells it to. So a request must be addressed to this machine by name (a page could
// have its own name resolve to 127.0.0.1) and must not come from a page of another site.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/pipeline.hpp"

namespace ferroway::admin {

class guard final : public middleware {
 public:
  // Of the listener of that name; others pass. `token` may be empty. On a unix socket, where no
  // page gets, permissions of the file decide.
  guard(std::string listener, std::string token, bool unix_socket)
      : listener_(std::move(listener)), token_(std::move(token)), unix_socket_(unix_socket) {}

  std::string_view kind() const noexcept override { return "guard"; }
  task<result<response>> handle(exchange& ex, next_handler next) override;

 private:
  std::optional<failure> refuse(const exchange& ex) const;
  std::string listener_;
  std::string token_;
  bool unix_socket_;
};

// "localhost", or a loopback address, with or without a port.
bool names_this_machine(std::string_view authority);

}  // namespace ferroway::admin
