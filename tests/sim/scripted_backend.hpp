// A backend that answers as each request's query asks, checks the bodies that it is sent, and
// remembers what it saw.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "base/task.hpp"
#include "io/loop.hpp"
#include "sim/backend_listener.hpp"

namespace ferroway::sim {

// What one backend, or several that share it, saw of the tokens.
struct backend_record {
  std::map<std::uint64_t, int> heads;  // requests whose head arrived
  std::map<std::uint64_t, int> whole;  // and their body
  int wrong_bodies = 0;
  std::size_t connections = 0;
};

class scripted_backend {
 public:
  struct settings {
    bool silent = false;  // reads requests, never answers
    int close_after = 0;  // answers on a connection, then closes it (without saying so); 0: never
    bool early = false;   // answers as soon as the head is there, and reads no body
  };

  scripted_backend(io::loop& loop, const io::address& at, backend_record& record,
                   const settings& how);
  scripted_backend(io::loop& loop, const io::address& at, backend_record& record)
      : scripted_backend(loop, at, record, settings()) {}
  // Stops accepting and ends its connections; the world must run until `connections()` is 0 before
  // this is destroyed.
  void stop() { listener_.stop(); }
  std::size_t connections() const { return listener_.live(); }

 private:
  task<> serve(std::unique_ptr<io::stream> stream, io::cancel_scope& scope);

  io::loop& loop_;
  backend_record& record_;
  settings how_;
  backend_listener listener_;
};

}  // namespace ferroway::sim
