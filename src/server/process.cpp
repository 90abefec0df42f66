#include "server/process.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>

#include <cstdlib>
#include <future>

#include "io/backend.hpp"
#include "server/assemble.hpp"
#include "server/connection_limits.hpp"
#include "server/worker_count.hpp"
#include "telemetry/log.hpp"
#include "upstream/discovery/dns_resolver.hpp"

namespace ferroway::server {
namespace {

using telemetry::log_level;

// One that this takes the place of may have been killed a moment ago, and the kernel closes what a
// ring holds in its own time.
constexpr duration patience_for_address = std::chrono::seconds(1);

// The C library would raise its threshold at the first large buffer that is freed, and never give
// what lies below it back: after a flood the process would stay large.
void keep_heap_small() { ::mallopt(M_MMAP_THRESHOLD, 128 * 1024); }

// What only the start could tell, as people read it.
std::string shown(const config::loaded& from, const assembled& why) {
  config::loaded told;
  told.sources = from.sources;
  told.diagnostics.push_back({config::severity::error, why.at, why.error, {}});
  std::string text = "the configuration cannot be served\n" + config::render(told, false);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::unexpected<std::string> no_loop(const failure& why) {
  return std::unexpected(fmt::format("cannot make an event loop: {}", explain(why)));
}

}  // namespace

process::process(std::string file, config::loaded from,
                 std::optional<std::optional<io::backend>> io, std::string version)
    : file_(std::move(file)),
      from_(std::move(from)),
      io_(io.value_or(from_.value->io)),
      version_(std::move(version)),
      drain_timeout_(from_.value->drain_timeout) {}

int process::run() {
  if (const started begun = start(); !begun) {
    files_.remove_all();
    fmt::print(stderr, "ferroway: {}\n", begun.error());
    return 1;
  }
  wait_for_signals();
  for (worker_thread& item : workers_) item.thread.join();
  end_watching();
  control_->stop();
  workers_.clear();
  files_.remove_all();
  logs_.close(std::chrono::seconds(2));
  telemetry::log(log_level::info, "stopped");
  return 0;
}

process::started process::start() {
  keep_heap_small();
  config::config limited = *from_.value;
  const unsigned count = limited.workers.value_or(usable_cpus());
  limit_connections(limited, count);
  counted_ = std::make_unique<telemetry::metrics>(count);
  block_signals();
  const upstream::name_answers nothing_known;
  assembled made =
      assemble(limited, count, &logs_, nullptr, counted_.get(), time_point::min(), &nothing_known);
  if (!made.value) return std::unexpected(shown(from_, made));
  snapshot_ = std::move(made.value);
  const auto chosen = io::choose_backend(io_);
  if (!chosen) return std::unexpected(chosen.error() + "; `io: auto` would use epoll");
  for (unsigned i = 0; i < count; ++i) {
    result<std::unique_ptr<io::loop>> loop = io::make_loop(chosen->which);
    if (!loop) return no_loop(loop.error());
    workers_.push_back({std::move(*loop), {}, nullptr, {}});
  }
  result<std::unique_ptr<control_thread>> control = control_thread::make();
  if (!control) return no_loop(control.error());
  control_ = std::move(*control);
  if (started opened = open_listeners(); !opened) return opened;
  if (const auto ready = admin_.prepare(*from_.value); !ready) {
    return std::unexpected(ready.error().message);
  }
  std::vector<worker_door> doors;
  for (unsigned i = 0; i < count; ++i) {
    worker_thread& mine = workers_[i];
    mine.serving = std::make_unique<worker>(*mine.loop, i, snapshot_, system_seed());
    doors.push_back({mine.loop.get(), mine.serving.get()});
  }
  running_ = count;
  for (worker_thread& item : workers_) {
    item.thread = std::thread(&process::run_worker, this, std::ref(item));
  }
  control_->start([this, doors = std::move(doors)]() mutable { begin_control(std::move(doors)); },
                  [this] { end_control(); });
  telemetry::log(log_level::info, "started",
                 {{"workers", count}, {"io", to_string(chosen->which)}, {"why", chosen->reason}});
  return {};
}

void process::begin_control(std::vector<worker_door> doors) {
  std::vector<io::loop*> loops;
  for (const worker_door& each : doors) loops.push_back(each.loop);
  names_ = std::make_unique<name_follower>(
      control_->loop(), std::move(loops),
      [this](const config::dns& by) {
        return std::make_shared<upstream::dns_resolver>(control_->loop(), by);
      },
      *counted_, system_seed());
  std::vector<std::string> files = std::move(from_.files_read);
  for (config::source& each : from_.sources) files.push_back(std::move(each.name));
  served_configuration begun{file_, std::move(*from_.value), std::move(files), std::move(snapshot_),
                             std::move(addresses_)};
  reloader_ = std::make_unique<reloader>(control_->loop(), std::move(doors), std::move(begun),
                                         files_, logs_, draining_, *counted_);
  keys_ = std::make_unique<key_fetcher>(control_->loop(), *counted_, system_seed());
  keys_->follow(*reloader_->current());
  prober_ = std::make_unique<upstream::prober>(control_->loop(), system_seed());
  prober_->follow(reloader_->current()->upstreams);
  reloader_->resolve_by(names_->known());
  names_->on_change([this] { prober_->follow(reloader_->current()->upstreams); });
  names_->follow(*reloader_->current(), reloader_->serving());
  reloader_->on_change([this] {
    drain_timeout_ = reloader_->serving().drain_timeout;
    keys_->follow(*reloader_->current());
    names_->follow(*reloader_->current(), reloader_->serving());
    prober_->follow(reloader_->current()->upstreams);
  });
  source_ = std::make_unique<admin_source>(
      *reloader_, *counted_, logs_, draining_,
      admin_source::process_facts{version_, started_at_, workers_.size()});
  admin_.begin(control_->loop(), *source_, reloader_->serving());
  reloader_->take_along(admin_);
}

// While workers drained it said so; now nobody is left to ask about.
void process::end_watching() {
  std::promise<void> drained, fetched, resolved;
  control_->loop().post([&] {
    prober_->stop([&] { admin_.drain([&] { drained.set_value(); }); });
    keys_->end([&] { fetched.set_value(); });
    names_->end([&] { resolved.set_value(); });
  });
  drained.get_future().wait();
  fetched.get_future().wait();
  resolved.get_future().wait();
}

void process::end_control() {
  admin_.end();
  keys_.reset();
  names_.reset();
  prober_.reset();
  source_.reset();
  reloader_.reset();
}

// Before any thread is made, so that all of them leave signals to the main thread.
void process::block_signals() {
  sigemptyset(&signals_);
  for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, all_stopped_}) {
    sigaddset(&signals_, number);
  }
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

process::started process::open_listeners() {
  const std::vector<config::listener>& all = from_.value->listeners;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const io::address& at = all[index].address;
    auto opened =
        open_sockets(at, static_cast<unsigned>(workers_.size()), false, patience_for_address);
    if (!opened) return std::unexpected(std::move(opened.error()));
    files_.add(at);
    const auto shared_at = std::make_shared<const io::address>(at);
    addresses_.emplace_back(shared_at);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      result<std::unique_ptr<io::listener>> socket =
          workers_[i].loop->adopt(std::move(opened->by_worker[i]), opened->shared);
      if (!socket) {
        return std::unexpected(
            fmt::format("cannot listen on {}: {}", at.text(), explain(socket.error())));
      }
      workers_[i].sockets.push_back({std::move(*socket), index, shared_at});
    }
    telemetry::log(log_level::info, "listening",
                   {{"listener", all[index].name}, {"address", opened->bound.text()}});
  }
  return {};
}

void process::run_worker(worker_thread& mine) {
  for (listening_socket& each : mine.sockets) mine.serving->listen(std::move(each));
  mine.sockets.clear();
  mine.loop->run();
  mine.serving.reset();
  if (--running_ == 0) pthread_kill(main_, all_stopped_);
}

void process::wait_for_signals() {
  while (true) {
    int number = 0;
    if (sigwait(&signals_, &number) != 0) continue;
    if (number == all_stopped_) return;
    if (number == SIGHUP) {
      control_->loop().post([this] { reloader_->reload("HUP"); });
      continue;
    }
    if (number == SIGUSR1) {
      logs_.reopen();
      continue;
    }
    if (number == SIGQUIT || draining_) end_at_once();
    draining_ = true;
    drain();
  }
}

void process::drain() {
  const duration timeout = drain_timeout_;
  telemetry::log(
      log_level::info, "draining",
      {{"timeout_ms", std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()}});
  for (worker_thread& item : workers_) {
    item.loop->post(
        [&item, timeout] { item.serving->drain(timeout, [&item] { item.loop->stop(); }); });
  }
}

void process::end_at_once() noexcept {
  telemetry::log(log_level::warning, "ended at once: exchanges in flight are lost");
  logs_.close(std::chrono::milliseconds(200));
  files_.remove_all();
  std::_Exit(0);
}

}  // namespace ferroway::server
