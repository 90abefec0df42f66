// Reads the configuration again and, where all of it is fine, serves by it: the file is loaded,
// checked and assembled, new sockets are opened, and only then every worker is told to swap. What
// goes wrong before that changes nothing. Runs on the control thread; made and destroyed there.
//
// While `watch` is on, a change of a file that was read has the same effect.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/difference.hpp"
#include "config/load.hpp"
#include "io/loop.hpp"
#include "server/admin_listener.hpp"
#include "server/listening_sockets.hpp"
#include "server/snapshot.hpp"
#include "server/watched_files.hpp"
#include "server/worker.hpp"
#include "telemetry/log_outputs.hpp"
#include "telemetry/metrics.hpp"
#include "upstream/discovery/name_answers.hpp"

namespace ferroway::server {

struct reload_outcome {
  bool ok = false;
  std::uint64_t generation = 1;         // what is served now; 1 is what the process began with
  std::vector<config::change> changes;  // of the file, compared with what was served before
  // Errors and warnings as people read them (config::render), and with their positions. Bounded
  // like those of a start.
  std::string rendered;
  std::vector<config::diagnostic> diagnostics;
  std::vector<std::string> sources;  // what positions count by: the files' names
};

struct reload_state {
  wall_time when{};            // of the last reload; of the start while there was none
  std::uint64_t reloads = 0;   // that were fine, also where nothing had changed
  std::uint64_t failures = 0;  // that changed nothing
  wall_time last_success{};    // the epoch: never
  wall_time last_failure{};
  reload_outcome last;
};

// A worker as the control thread may use it: by posting to its loop.
struct worker_door {
  io::loop* loop;
  worker* serving;
};

// What the log calls a reload that a changed file has caused.
inline constexpr std::string_view watch_cause = "watch";

// What the process began with.
struct served_configuration {
  std::string file;                          // to be read again
  config::config from;                       // as the file says, with what holds until a restart
  std::vector<std::string> files;            // that were read
  std::shared_ptr<const snapshot> snapshot;  // what the workers serve
  // By listener: expires when no worker listens there any more.
  std::vector<std::weak_ptr<const io::address>> addresses;
};

class reloader final : private io::timer {
 public:
  reloader(io::loop& control, std::vector<worker_door> workers, served_configuration begun,
           socket_files& files, telemetry::log_outputs& logs, const std::atomic<bool>& draining,
           telemetry::metrics& counted);

  // `cause` is for the log: "HUP", "watch", "admin".
  reload_outcome reload(std::string_view cause);

  const reload_state& state() const noexcept { return state_; }
  const config::config& serving() const noexcept { return now_.from; }
  const std::shared_ptr<const snapshot>& current() const noexcept { return now_.snapshot; }
  // Every worker serves by what was reloaded last.
  bool is_everywhere() const noexcept { return *swaps_left_ == 0; }
  // Its listeners follow the file too. From now on; lives longer than this.
  void take_along(admin_listener& which) noexcept { admin_ = &which; }
  // What names of endpoints stand for. From now on; lives longer than this.
  void resolve_by(const upstream::name_answers& names) noexcept { names_ = &names; }
  // Told after every reload that has changed something.
  void on_change(std::move_only_function<void()> tell) { tell_ = std::move(tell); }

 private:
  struct new_listener;
  using new_listeners = std::vector<new_listener>;

  bool try_reload(reload_outcome& into, config::loaded& loaded);
  bool open_new_sockets(const config::config& wanted, new_listeners& into, config::loaded& loaded);
  bool retry_admin(config::loaded& loaded);
  bool prepare_admin(const config::config& wanted, config::loaded& loaded);
  bool is_ours(const io::address& at);
  void swap(config::config wanted, std::shared_ptr<const snapshot> next, new_listeners opened);
  void forget_unused();
  void log_outcome(std::string_view cause, const reload_outcome& of);
  void log_reloaded();
  void expired() override;
  void tick();

  io::loop& control_;
  std::vector<worker_door> workers_;
  served_configuration now_;
  socket_files& files_;
  telemetry::log_outputs& logs_;
  const std::atomic<bool>& draining_;
  telemetry::metrics& counted_;
  admin_listener* admin_ = nullptr;
  const upstream::name_answers* names_ = nullptr;
  // Workers that have not yet seen the last reload; each counts itself off.
  std::shared_ptr<std::atomic<std::size_t>> swaps_left_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  // The line of a reload that not all workers have seen.
  struct announcement {
    std::string cause;
    std::uint64_t generation;
    std::string what;
    std::size_t changes;
  };
  std::optional<announcement> to_log_;
  reload_state state_;
  watched_files watched_;
  // Replaced, and perhaps still in use by some exchange. Destroyed here and not by the worker that
  // uses one last: that takes long where there are many routes.
  std::vector<std::shared_ptr<const snapshot>> retired_;
  std::move_only_function<void()> tell_ = [] {};
};

}  // namespace ferroway::server
