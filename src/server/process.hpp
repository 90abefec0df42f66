// The process: workers on threads, the control thread beside them, signals, drain. Its functions
// belong to the main thread unless they say otherwise.
#pragma once

#include <csignal>

#include <atomic>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/load.hpp"
#include "io/loop.hpp"
#include "server/admin_listener.hpp"
#include "server/admin_source.hpp"
#include "server/control_thread.hpp"
#include "server/key_fetcher.hpp"
#include "server/listening_sockets.hpp"
#include "server/name_follower.hpp"
#include "server/reload.hpp"
#include "server/snapshot.hpp"
#include "server/worker.hpp"
#include "telemetry/log_outputs.hpp"
#include "telemetry/metrics.hpp"
#include "upstream/health_check/prober.hpp"

namespace ferroway::server {

class process {
 public:
  process(std::string file, config::loaded from, std::optional<std::optional<io::backend>> io,
          std::string version);
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  // Serves to the end; returns the exit code.
  int run();

 private:
  // A worker: its loop and sockets are made on the main thread, used on its own.
  struct worker_thread {
    std::unique_ptr<io::loop> loop;
    std::vector<listening_socket> sockets;
    std::unique_ptr<worker> serving;
    std::thread thread;
  };
  // Says in one line why the process could not start.
  using started = std::expected<void, std::string>;

  started start();
  started open_listeners();
  void block_signals();
  void run_worker(worker_thread& mine);
  void wait_for_signals();
  void begin_control(std::vector<worker_door> doors);  // on the control thread
  void end_watching();
  void end_control();
  void drain();
  [[noreturn]] void end_at_once() noexcept;

  std::string file_;
  config::loaded from_;
  std::optional<io::backend> io_;
  std::string version_;
  wall_time started_at_ = std::chrono::system_clock::now();
  telemetry::log_outputs logs_;
  std::unique_ptr<telemetry::metrics> counted_;
  std::shared_ptr<const snapshot> snapshot_;  // what the workers begin with
  std::vector<std::weak_ptr<const io::address>> addresses_;
  socket_files files_;
  std::vector<worker_thread> workers_;
  std::unique_ptr<control_thread> control_;
  admin_listener admin_{files_};
  std::unique_ptr<reloader> reloader_;  // the control thread's, like the next
  std::unique_ptr<admin_source> source_;
  std::unique_ptr<key_fetcher> keys_;
  std::unique_ptr<name_follower> names_;
  std::unique_ptr<upstream::prober> prober_;
  std::atomic<bool> draining_{false};
  std::atomic<duration> drain_timeout_;
  std::atomic<unsigned> running_{0};
  sigset_t signals_{};
  pthread_t main_ = pthread_self();
  int all_stopped_ = SIGRTMIN;
};

}  // namespace ferroway::server
