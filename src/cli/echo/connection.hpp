// One client of the demo backend: requests in turn until one side has enough, or a WebSocket that
// is echoed.
#pragma once

#include "base/task.hpp"
#include "cli/echo/request_reader.hpp"
#include "cli/echo/server.hpp"
#include "cli/echo/wishes.hpp"
#include "io/stream.hpp"

namespace ferroway::echo {

class connection {
 public:
  // `client` and `on` outlive it.
  connection(server& on, io::stream& client) noexcept
      : server_(on), client_(client), reader_(on.loop(), client) {}

  // Ends when the client has gone, was refused, kept silent too long, or the server stops.
  task<> run();

 private:
  // Each true: the connection can take another request.
  task<bool> answer_next();
  task<bool> answer(const request& received, bool keep_alive, io::cancel_scope& scope);
  task<> refuse(const failure& why, io::cancel_scope& scope);
  task<> echo_bytes(const request& upgrade);

  task<bool> send_text(std::string_view text, io::cancel_scope& scope);
  task<bool> send_filler(std::uint64_t bytes, io::cancel_scope& scope);

  server& server_;
  io::stream& client_;
  request_reader reader_;
};

}  // namespace ferroway::echo
