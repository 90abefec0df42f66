#include "cli/echo.hpp"

#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "cli/echo/server.hpp"
#include "cli/echo/wishes.hpp"
#include "cli/exit_code.hpp"
#include "io/backend.hpp"
#include "io/loop.hpp"

namespace ferroway::cli {
namespace {

int refuse(exit_code code, const std::string& about, std::string_view why) {
  std::fprintf(stderr, "ferroway echo: %s: %.*s\n", about.c_str(), static_cast<int>(why.size()),
               why.data());
  return static_cast<int>(code);
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

int echo(const echo_options& options) {
  const result<io::address> at = io::address::parse(options.listen);
  if (!at) return refuse(exit_code::bad_usage, options.listen, at.error().detail);
  duration delay{};
  if (!options.delay.empty()) {
    const std::optional<duration> wanted = echo::parse_duration(options.delay);
    if (!wanted)
      return refuse(exit_code::bad_usage, options.delay, "not a duration like 100ms or 2s");
    delay = *wanted;
  }
  // Every thread from here on has them blocked, so that only sigwait sees them.
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  result<std::unique_ptr<io::loop>> loop = io::make_epoll_loop();
  if (!loop) return refuse(exit_code::could_not_start, "epoll", loop.error().detail);
  // One process, one socket: without sharing the port, a second echo there is told so.
  result<std::unique_ptr<io::listener>> listener = (*loop)->listen(*at, {.reuse_port = false});
  if (!listener) {
    return refuse(exit_code::could_not_start, options.listen, to_string(listener.error().kind));
  }
  const std::string where = (*listener)->bound().text();
  echo::server server(**loop, std::move(*listener), options.name.empty() ? where : options.name,
                      delay);
  std::printf("ferroway echo: listening on %s\n", where.c_str());
  std::fflush(stdout);

  std::thread waits_for_signals([&] {
    int number = 0;
    sigwait(&signals, &number);
    (*loop)->post([&server] { server.stop(); });
  });
  server.start();
  (*loop)->run();
  waits_for_signals.join();
  return static_cast<int>(exit_code::fine);
}

}  // namespace ferroway::cli
