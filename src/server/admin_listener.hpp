// The admin and the probe listener: a worker of their own on the control thread's loop, which
// serves the pages of admin/pages.hpp, so that parsing, limits and times are those of every other
// listener. Their sockets are opened by whoever starts or reloads (prepare), then taken (begin,
// follow). The rest belongs to the control thread.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/source.hpp"
#include "config/config.hpp"
#include "io/descriptor.hpp"
#include "io/loop.hpp"
#include "server/listening_sockets.hpp"
#include "server/worker.hpp"

namespace ferroway::server {

class admin_listener {
 public:
  explicit admin_listener(socket_files& files) : files_(files) {}
  admin_listener(const admin_listener&) = delete;
  admin_listener& operator=(const admin_listener&) = delete;

  struct problem {
    std::string message;
    config::position at;
  };
  // Opens what `wanted` asks for and is not open yet; where an admin listener that is not required
  // cannot be had, a warning is logged, and it is left out or stays where it was. Nothing is served
  // there before begin() or follow(). Called before the control thread is made, or on it.
  std::expected<void, problem> prepare(const config::config& wanted);

  void begin(io::loop& control, admin::source& pages, const config::config& now);
  // Serves as `now` says, on what was prepared for it. Connections to an address that stays are
  // kept; the next request on them needs the token of now.
  void follow(const config::config& now);

  // Whether it listens wherever `wanted` says.
  bool serves(const config::config& wanted) const;

  // No more connections; `done` is called when the last has gone, soon.
  void drain(std::move_only_function<void()> done);
  // After that.
  void end() { worker_.reset(); }

 private:
  struct opened {
    io::address at;
    io::descriptor socket;
  };
  struct wanted_listener;
  static std::vector<wanted_listener> listeners_of(const config::config& from);
  bool is_open(const io::address& at) const;
  const io::address* address_of(std::string_view name) const;
  bool is_ours(const io::address& at);
  void forget_prepared();

  socket_files& files_;
  std::vector<opened> prepared_;
  struct served {
    std::string_view name;  // a literal
    io::address at;
  };
  std::vector<served> serving_;  // what the worker listens at
  // Those with a socket that the worker has not closed yet.
  std::vector<std::weak_ptr<const io::address>> addresses_;
  admin::source* pages_ = nullptr;
  std::unique_ptr<worker> worker_;
};

}  // namespace ferroway::server
