#include "server/reload.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "server/assemble.hpp"
#include "server/connection_limits.hpp"
#include "telemetry/log.hpp"

namespace ferroway::server {
namespace {

using telemetry::log_level;

constexpr duration poll_interval = std::chrono::seconds(1);

// Of one reload; all of them are in its outcome.
constexpr std::size_t logged_diagnostics_max = 20;

// A pipe or a terminal was read to its end, or would make the process wait for somebody who writes.
bool can_be_read_again(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

class regular_files final : public config::environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    return config::system_environment().variable(name);
  }
  std::optional<std::string> file(const std::string& path) const override {
    if (!can_be_read_again(path)) return std::nullopt;
    return config::system_environment().file(path);
  }
  config::file_text configuration(const std::string& path, std::size_t bytes_max) const override {
    if (!can_be_read_again(path)) return {{}, "it is not a regular file: it cannot be read again"};
    return config::system_environment().configuration(path, bytes_max);
  }
  std::expected<std::optional<std::vector<std::string>>, std::string> names_in(
      const std::string& folder) const override {
    return config::system_environment().names_in(folder);
  }
};

config::loaded load(const std::string& file) {
  if (can_be_read_again(file)) return config::load_file(file, regular_files());
  config::loaded refused;
  refused.sources.push_back({file, ""});
  refused.diagnostics.push_back({config::severity::error,
                                 {},
                                 "the configuration is not a regular file: it cannot be read again",
                                 "restart the gateway to change it"});
  return refused;
}

// For what only the system or the compiled routes can tell.
void add_error(config::loaded& to, const config::position& at, std::string message) {
  to.diagnostics.push_back({config::severity::error, at, std::move(message), {}});
}

std::vector<std::string> files_of(const config::loaded& from) {
  std::vector<std::string> all = from.files_read;
  for (const config::source& each : from.sources) all.push_back(each.name);
  return all;
}

void log_diagnostic(const config::diagnostic& what, const std::vector<std::string>& sources) {
  std::string at = what.at.file < sources.size() ? sources[what.at.file] : "";
  if (what.at.line > 0) at += fmt::format(":{}:{}", what.at.line, what.at.column);
  telemetry::log(what.level == config::severity::error ? log_level::error : log_level::warning,
                 "configuration", {{"at", at}, {"message", what.message}, {"hint", what.hint}});
}

}  // namespace

struct reloader::new_listener {
  std::size_t index;
  io::address at;
  opened_sockets sockets;
};

reloader::reloader(io::loop& control, std::vector<worker_door> workers, served_configuration begun,
                   socket_files& files, telemetry::log_outputs& logs,
                   const std::atomic<bool>& draining, telemetry::metrics& counted)
    : timer(control.timers()),
      control_(control),
      workers_(std::move(workers)),
      now_(std::move(begun)),
      files_(files),
      logs_(logs),
      draining_(draining),
      counted_(counted) {
  state_.when = control.wall_now();
  state_.last.ok = true;
  watched_.follow(now_.files);
  tick();
}

reload_outcome reloader::reload(std::string_view cause) {
  if (draining_.load(std::memory_order_relaxed)) {
    telemetry::log(log_level::warning, "not reloaded: the gateway is draining", {{"cause", cause}});
    reload_outcome refused;
    refused.generation = state_.last.generation;
    refused.rendered = "the gateway is draining\n";
    return refused;
  }
  log_reloaded();  // of the reload before, if some worker has still to see it
  reload_outcome outcome;
  outcome.generation = state_.last.generation;
  config::loaded loaded = load(now_.file);
  watched_.follow(files_of(loaded));
  if (cause != watch_cause) watched_.forget_acted_on();
  outcome.ok = try_reload(outcome, loaded);
  outcome.rendered = config::render(loaded, false);
  outcome.diagnostics = std::move(loaded.diagnostics);
  for (config::source& each : loaded.sources) outcome.sources.push_back(std::move(each.name));
  log_outcome(cause, outcome);
  const bool swapped = outcome.generation != state_.last.generation;
  state_.when = control_.wall_now();
  ++(outcome.ok ? state_.reloads : state_.failures);
  (outcome.ok ? state_.last_success : state_.last_failure) = state_.when;
  state_.last = outcome;
  forget_unused();  // what a reload that failed has opened
  tick();
  if (swapped) tell_();
  return outcome;
}

// False when something is wrong, which is then among the diagnostics of `loaded`.
bool reloader::try_reload(reload_outcome& into, config::loaded& loaded) {
  if (!loaded.value) return false;
  config::config& wanted = *loaded.value;
  into.changes = config::difference(now_.from, wanted);
  wanted.workers = now_.from.workers;
  wanted.io = now_.from.io;
  if (wanted == now_.from) {
    // The same values may come from elsewhere now, and no longer be for showing.
    now_.from.outside = std::move(wanted.outside);
    return admin_ == nullptr || admin_->serves(now_.from) || retry_admin(loaded);
  }
  config::config limited = wanted;
  const auto workers = static_cast<unsigned>(workers_.size());
  limit_connections(limited, workers);
  assembled made =
      assemble(limited, workers, &logs_, now_.snapshot.get(), &counted_, control_.now(), names_);
  if (!made.value) {
    add_error(loaded, made.at, std::move(made.error));
    return false;
  }
  new_listeners opened;
  if (!open_new_sockets(wanted, opened, loaded)) return false;
  if (!prepare_admin(wanted, loaded)) {
    for (const new_listener& each : opened) files_.remove(each.at);
    return false;
  }
  swap(std::move(wanted), std::move(made.value), std::move(opened));
  into.generation = state_.last.generation + 1;
  return true;
}

// An admin listener that could not be had may be free by now.
bool reloader::retry_admin(config::loaded& loaded) {
  if (!prepare_admin(now_.from, loaded)) return false;
  admin_->follow(now_.from);
  return true;
}

// All that is wrong is told at once. Where something is, none of them stays.
bool reloader::open_new_sockets(const config::config& wanted, new_listeners& into,
                                config::loaded& loaded) {
  bool all_open = true;
  for (std::size_t i = 0; i < wanted.listeners.size(); ++i) {
    const config::listener& listener = wanted.listeners[i];
    const auto same = [&](const config::listener& was) { return was.address == listener.address; };
    if (std::ranges::any_of(now_.from.listeners, same)) continue;
    auto sockets = open_sockets(listener.address, static_cast<unsigned>(workers_.size()),
                                is_ours(listener.address));
    if (sockets) {
      files_.add(listener.address);
      into.push_back({i, listener.address, std::move(*sockets)});
    } else {
      add_error(loaded, listener.at, std::move(sockets.error()));
      all_open = false;
    }
  }
  if (all_open) return true;
  for (const new_listener& each : into) files_.remove(each.at);
  return false;
}

bool reloader::prepare_admin(const config::config& wanted, config::loaded& loaded) {
  if (admin_ == nullptr) return true;
  const auto ready = admin_->prepare(wanted);
  if (!ready) add_error(loaded, ready.error().at, ready.error().message);
  return ready.has_value();
}

// Some worker may still accept what waits at an address that an earlier reload has given up.
bool reloader::is_ours(const io::address& at) {
  std::erase_if(now_.addresses, [](const auto& each) { return each.expired(); });
  return std::ranges::any_of(now_.addresses, [&](const auto& each) {
    const std::shared_ptr<const io::address> held = each.lock();
    return held && overlap(*held, at);
  });
}

void reloader::swap(config::config wanted, std::shared_ptr<const snapshot> next,
                    new_listeners opened) {
  std::vector<std::shared_ptr<const io::address>> addresses;
  for (const new_listener& each : opened) {
    addresses.push_back(std::make_shared<const io::address>(each.at));
    now_.addresses.emplace_back(addresses.back());
    telemetry::log(
        log_level::info, "listening",
        {{"listener", wanted.listeners[each.index].name}, {"address", each.sockets.bound.text()}});
  }
  swaps_left_ = std::make_shared<std::atomic<std::size_t>>(workers_.size());
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    std::vector<offered_socket> sockets;
    for (std::size_t k = 0; k < opened.size(); ++k) {
      sockets.push_back({std::move(opened[k].sockets.by_worker[i]), opened[k].sockets.shared,
                         opened[k].index, addresses[k]});
    }
    workers_[i].loop->post([to = workers_[i].serving, next, sockets = std::move(sockets),
                            left = swaps_left_]() mutable {
      to->swap(std::move(next), adopt(to->loop(), std::move(sockets)));
      left->fetch_sub(1);
    });
  }
  for (const config::listener& was : now_.from.listeners) {
    const auto same = [&](const config::listener& is) { return is.address == was.address; };
    if (!std::ranges::any_of(wanted.listeners, same)) files_.remove(was.address);
  }
  if (admin_ != nullptr) admin_->follow(wanted);
  retired_.push_back(std::exchange(now_.snapshot, std::move(next)));
  forget_unused();
  now_.from = std::move(wanted);
}

void reloader::forget_unused() {
  const auto unused = [](const auto& each) { return each.use_count() == 1; };
  if (std::erase_if(retired_, unused) > 0) counted_.forget_unused();
  logs_.forget_unused();
}

void reloader::log_outcome(std::string_view cause, const reload_outcome& of) {
  const std::size_t shown = std::min(of.diagnostics.size(), logged_diagnostics_max);
  // Warnings were shown when the file was first served.
  const bool news = !of.ok || of.generation != state_.last.generation;
  for (std::size_t i = 0; news && i < shown; ++i) log_diagnostic(of.diagnostics[i], of.sources);
  if (!of.ok) {
    telemetry::log(log_level::error,
                   "not reloaded: the configuration has errors, the old one stays",
                   {{"cause", cause}, {"diagnostics", of.diagnostics.size()}});
  } else if (!of.changes.empty()) {
    to_log_ = {std::string(cause), of.generation, config::describe(of.changes), of.changes.size()};
  } else if (cause != watch_cause) {
    telemetry::log(log_level::info, "reloaded: nothing has changed", {{"cause", cause}});
  }
}

// When it is true: whoever reads it may ask any worker.
void reloader::log_reloaded() {
  const auto of = std::exchange(to_log_, std::nullopt);
  if (!of) return;
  telemetry::log(log_level::info, "reloaded",
                 {{"cause", of->cause},
                  {"generation", of->generation},
                  {"changes", of->changes},
                  {"what", of->what}});
}

void reloader::tick() {
  if (to_log_) return arm(control_.now() + io::timer_wheel::tick);
  if (now_.from.watch || !retired_.empty()) arm(control_.now() + poll_interval);
}

void reloader::expired() {
  if (to_log_ && !is_everywhere()) return tick();
  log_reloaded();
  forget_unused();
  if (now_.from.watch && !draining_.load(std::memory_order_relaxed) && watched_.poll()) {
    reload(watch_cause);
  }
  tick();
}

}  // namespace ferroway::server
