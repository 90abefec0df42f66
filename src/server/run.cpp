#include "server/run.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "io/backend.hpp"
#include "io/listen_socket.hpp"
#include "io/loop.hpp"
#include "server/assemble.hpp"
#include "server/worker.hpp"
#include "server/worker_count.hpp"
#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

using telemetry::log_level;

// Descriptors that are not connections: files, loops, listeners.
constexpr rlim_t reserved_descriptors = 64;

// What a worker needs to begin; made on the main thread, used on the worker's.
struct worker_thread {
  std::unique_ptr<io::loop> loop;
  std::vector<std::unique_ptr<io::listener>> sockets;  // by listener
  std::unique_ptr<worker> serving;
  std::thread thread;
};

// Why the process could not start.
struct start_error {
  std::string message;
};

rlim_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

// Three quarters of the descriptors are for clients, the rest for upstreams; a listener may have
// fewer, not more.
void limit_connections(config::config& what, unsigned workers) {
  const rlim_t descriptors = raise_descriptor_limit();
  const rlim_t usable =
      descriptors > reserved_descriptors * 2 ? descriptors - reserved_descriptors : descriptors / 2;
  const auto share = static_cast<std::size_t>(
      std::max<rlim_t>(usable / workers * 3 / 4 / what.listeners.size(), 1));
  for (config::listener& item : what.listeners) {
    const std::size_t wanted = item.limits.connections.value_or(share);
    if (wanted > share) {
      telemetry::log(log_level::warning,
                     "fewer connections than configured: descriptors are too few",
                     {{"listener", item.name},
                      {"configured", wanted},
                      {"per_worker", share},
                      {"RLIMIT_NOFILE", descriptors}});
    }
    item.limits.connections = std::min(wanted, share);
  }
}

// The C library would raise its threshold at the first large buffer that is freed, and never give
// what lies below it back: after a flood the process would stay large.
void keep_heap_small() { ::mallopt(M_MMAP_THRESHOLD, 128 * 1024); }

std::string explain(const failure& why) {
  switch (why.kind) {
    case fault::address_in_use:
      return "the address is already in use; stop what listens there, or choose another";
    case fault::permission_denied:
      return "permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE, socket files "
             "a writable folder";
    case fault::unreachable:
      return "this machine has no such address";
    case fault::out_of_descriptors:
      return "out of file descriptors; raise RLIMIT_NOFILE";
    default:
      return fmt::format("{} {}", to_string(why.kind), why.detail);
  }
}

class process {
 public:
  explicit process(const config::config& what) : what_(what) {}

  int run() {
    if (std::optional<start_error> error = start()) {
      fmt::print(stderr, "ferroway: {}\n", error->message);
      return 1;
    }
    wait_for_signals();
    for (worker_thread& item : workers_) item.thread.join();
    workers_.clear();
    remove_socket_files();
    telemetry::log(log_level::info, "stopped");
    return 0;
  }

 private:
  std::optional<start_error> start();
  std::optional<start_error> open_sockets();
  std::optional<start_error> open_listener(const config::listener& at);
  void run_worker(worker_thread& mine);
  void wait_for_signals();
  void drain();
  void remove_socket_files() noexcept;
  [[noreturn]] void end_at_once() noexcept;

  config::config what_;
  std::shared_ptr<telemetry::log_sink> log_ = std::make_shared<telemetry::log_sink>();
  std::shared_ptr<const snapshot> snapshot_;
  std::vector<worker_thread> workers_;
  std::vector<io::descriptor> unix_sockets_;
  std::atomic<unsigned> running_{0};
  sigset_t signals_{};
  pthread_t main_ = pthread_self();
  int all_stopped_ = SIGRTMIN;
};

std::optional<start_error> process::start() {
  keep_heap_small();
  const unsigned count = what_.workers.value_or(usable_cpus());
  limit_connections(what_, count);
  assembled made = assemble(what_, count, log_);
  if (!made.value) return start_error{made.error};
  snapshot_ = std::move(made.value);
  // Blocked before the threads are made, so that all of them leave signals to the main thread.
  sigemptyset(&signals_);
  for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, all_stopped_}) {
    sigaddset(&signals_, number);
  }
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const auto chosen = io::choose_backend(what_.io);
  if (!chosen) return start_error{chosen.error() + "; `io: auto` would use epoll"};
  for (unsigned i = 0; i < count; ++i) {
    result<std::unique_ptr<io::loop>> loop = io::make_loop(chosen->which);
    if (!loop)
      return start_error{fmt::format("cannot make an event loop: {}", explain(loop.error()))};
    workers_.push_back({std::move(*loop), {}, nullptr, {}});
  }
  if (std::optional<start_error> error = open_sockets()) return error;
  running_ = count;
  for (unsigned i = 0; i < count; ++i) {
    workers_[i].serving = std::make_unique<worker>(*workers_[i].loop, i, snapshot_, system_seed());
    workers_[i].thread = std::thread(&process::run_worker, this, std::ref(workers_[i]));
  }
  telemetry::log(log_level::info, "started",
                 {{"workers", count}, {"io", to_string(chosen->which)}, {"why", chosen->reason}});
  return std::nullopt;
}

std::optional<start_error> process::open_sockets() {
  for (const config::listener& at : what_.listeners) {
    if (std::optional<start_error> error = open_listener(at)) return error;
    telemetry::log(
        log_level::info, "listening",
        {{"listener", at.name}, {"address", workers_[0].sockets.back()->bound().text()}});
  }
  return std::nullopt;
}

// All workers' sockets of one listener.
std::optional<start_error> process::open_listener(const config::listener& at) {
  const auto refuse = [&](const failure& why) {
    return start_error{fmt::format("cannot listen on {}: {}", at.address.text(), explain(why))};
  };
  io::listen_options options;
  if (at.address.is_ip()) {
    if (result<void> alone = io::probe_exclusive(at.address); !alone) return refuse(alone.error());
  } else {
    result<io::descriptor> shared = io::bind_shared_unix(at.address, options.unix_mode);
    if (!shared) return refuse(shared.error());
    options.shared_descriptor = shared->number();
    unix_sockets_.push_back(std::move(*shared));
  }
  io::address bound = at.address;
  for (worker_thread& item : workers_) {
    result<std::unique_ptr<io::listener>> socket = item.loop->listen(bound, options);
    if (!socket) return refuse(socket.error());
    if (at.address.is_ip()) bound = (*socket)->bound();  // port 0: the others follow the first
    item.sockets.push_back(std::move(*socket));
  }
  return std::nullopt;
}

void process::run_worker(worker_thread& mine) {
  for (std::size_t i = 0; i < mine.sockets.size(); ++i) {
    mine.serving->listen(std::move(mine.sockets[i]), i);
  }
  mine.loop->run();
  mine.serving.reset();
  if (--running_ == 0) pthread_kill(main_, all_stopped_);
}

void process::wait_for_signals() {
  bool draining = false;
  while (true) {
    int number = 0;
    if (sigwait(&signals_, &number) != 0) continue;
    if (number == all_stopped_) return;
    if (number == SIGHUP || number == SIGUSR1) {
      telemetry::log(log_level::warning,
                     "ignored a signal: this release neither reloads nor reopens logs",
                     {{"signal", number == SIGHUP ? "HUP" : "USR1"}});
      continue;
    }
    if (number == SIGQUIT || draining) end_at_once();
    draining = true;
    drain();
  }
}

void process::drain() {
  const duration timeout = what_.drain_timeout;
  telemetry::log(
      log_level::info, "draining",
      {{"timeout_ms", std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()}});
  for (worker_thread& item : workers_) {
    item.loop->post(
        [&item, timeout] { item.serving->drain(timeout, [&item] { item.loop->stop(); }); });
  }
}

void process::remove_socket_files() noexcept {
  for (const config::listener& at : what_.listeners) {
    if (at.address.is() == io::address::kind::unix_path) ::unlink(at.address.path().c_str());
  }
}

void process::end_at_once() noexcept {
  telemetry::log(log_level::warning, "ended at once: exchanges in flight are lost");
  log_->close(std::chrono::milliseconds(200));
  remove_socket_files();
  std::_Exit(0);
}

}  // namespace

int run(const config::config& what) { return process(what).run(); }

}  // namespace ferroway::server
