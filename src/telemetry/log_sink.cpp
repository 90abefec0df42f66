#include "telemetry/log_sink.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "telemetry/json_text.hpp"

namespace ferroway::telemetry {
namespace {

std::atomic<std::uint64_t> next_thread{1};
std::atomic<std::uint64_t> next_sink{1};

std::uint64_t this_thread() noexcept {
  thread_local const std::uint64_t identity = next_thread.fetch_add(1, std::memory_order_relaxed);
  return identity;
}

// Rings that this thread has used, and whose they are: a place for each of several sinks, so that
// an exchange with two logs asks for no lock.
struct used_ring {
  std::uint64_t sink = 0;
  line_ring* ring = nullptr;
};
constexpr std::size_t rings_remembered = 16;
thread_local std::array<used_ring, rings_remembered> used_rings;

used_ring& used_ring_of(std::uint64_t sink) noexcept { return used_rings[sink % rings_remembered]; }

std::uint64_t lines_in(std::string_view bytes) noexcept {
  std::uint64_t lines = 0;
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
       end = bytes.find('\n', end + 1)) {
    ++lines;
  }
  return lines;
}

// How long an output that cannot be polled is left alone when it has no room.
constexpr int no_room_ms = 5;

}  // namespace

log_sink::log_sink(int descriptor, const log_sink_settings& settings)
    : log_sink(output_to_descriptor(descriptor), "descriptor", settings) {}

log_sink::log_sink(std::unique_ptr<log_output> to, std::string name,
                   const log_sink_settings& settings)
    : identity_(next_sink.fetch_add(1, std::memory_order_relaxed)),
      output_(std::move(to)),
      name_(std::move(name)),
      settings_(settings),
      wake_descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      producers_(settings.threads_max) {
  // The writer inherits a mask that blocks every signal: they are for the main thread, and SIGPIPE
  // for nobody.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  writer_ = std::thread(&log_sink::run, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

log_sink::~log_sink() {
  close(settings_.close_within);
  if (wake_descriptor_ >= 0) ::close(wake_descriptor_);
}

void log_sink::write(std::string_view line) noexcept {
  const used_ring& used = used_ring_of(identity_);
  line_ring* ring = used.sink == identity_ ? used.ring : ring_of_this_thread();
  if (ring == nullptr) {
    homeless_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::size_t waiting = ring->push(line);
  if (waiting == 0) return;
  // Either the writer sees the line before it sleeps, or we see here that it sleeps (both
  // sequentially consistent).
  if (asleep_.load(std::memory_order_seq_cst) && asleep_.exchange(false)) wake();
  if (waiting > ring->capacity() / 2 && gathers_.load(std::memory_order_seq_cst) &&
      gathers_.exchange(false)) {
    wake();
  }
}

line_ring* log_sink::ring_of_this_thread() noexcept {
  const std::uint64_t thread = this_thread();
  const std::lock_guard lock(producers_mutex_);
  const std::size_t count = producer_count_.load(std::memory_order_relaxed);
  const auto end = producers_.begin() + static_cast<std::ptrdiff_t>(count);
  auto mine = std::find_if(producers_.begin(), end,
                           [&](const auto& known) { return known->thread == thread; });
  if (mine == end) {
    if (count == producers_.size()) return nullptr;
    *mine = std::make_unique<producer>(thread, std::bit_ceil(settings_.bytes_per_thread));
    producer_count_.store(count + 1, std::memory_order_release);
  }
  used_ring_of(identity_) = {identity_, &(*mine)->ring};
  return &(*mine)->ring;
}

void log_sink::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written =
      ::write(wake_descriptor_, &one, sizeof one);  // full is awake, too
}

bool log_sink::flush(std::chrono::milliseconds within) {
  std::unique_lock lock(flush_mutex_);
  const std::uint64_t mine = ++flushes_wanted_;
  wake();
  return flushed_.wait_for(lock, within, [&] { return flushes_done_ >= mine; });
}

void log_sink::reopen() noexcept {
  reopen_wanted_.store(true);
  wake();
}

void log_sink::begin_close(std::chrono::milliseconds within) noexcept {
  if (stopping_.load()) return;
  stop_by_.store((clock::now() + within).time_since_epoch().count());
  stopping_.store(true);
  wake();
}

bool log_sink::close(std::chrono::milliseconds within) {
  if (writer_.joinable()) {
    begin_close(within);
    writer_.join();
  }
  return !anything_waits();
}

std::uint64_t log_sink::dropped() const noexcept {
  std::uint64_t sum =
      homeless_.load(std::memory_order_relaxed) + failed_.load(std::memory_order_relaxed);
  const std::size_t count = producer_count_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count; ++i) sum += producers_[i]->ring.dropped();
  return sum;
}

void log_sink::run() noexcept {
  while (!gave_up()) {
    std::unique_lock lock(flush_mutex_);
    const std::uint64_t wanted = flushes_wanted_;
    lock.unlock();
    const bool stopping = stopping_.load();
    if (reopen_wanted_.exchange(false)) reopen_output();
    const bool wrote = drain();
    report_dropped();
    if (!wrote) {
      lock.lock();
      flushes_done_ = wanted;
      const bool asked_again =
          flushes_wanted_ != wanted;  // its waking may have been taken by wait_for_room
      lock.unlock();
      flushed_.notify_all();
      if (stopping) return;
      asleep_.store(true, std::memory_order_seq_cst);
      const bool more = asked_again || reopen_wanted_.load() || anything_waits();
      if (!more && !stopping_.load()) sleep(-1);
      asleep_.store(false, std::memory_order_seq_cst);
    } else if (!stopping) {
      gather();
    }
  }
}

void log_sink::gather() noexcept {
  gathers_.store(true, std::memory_order_seq_cst);
  const std::size_t count = producer_count_.load(std::memory_order_acquire);
  const bool much_waits =
      std::any_of(producers_.begin(), producers_.begin() + static_cast<std::ptrdiff_t>(count),
                  [](const auto& known) { return known->ring.is_half_full(); });
  if (!much_waits) sleep(static_cast<int>(settings_.gather.count()));
  gathers_.store(false, std::memory_order_relaxed);
}

bool log_sink::gave_up() const noexcept {
  return stopping_.load() && clock::now().time_since_epoch().count() >= stop_by_.load();
}

bool log_sink::anything_waits() const noexcept {
  const std::size_t count = producer_count_.load(std::memory_order_seq_cst);
  return std::any_of(producers_.begin(), producers_.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const auto& known) { return !known->ring.front().empty(); });
}

// Once over all threads; true if there was anything.
bool log_sink::drain() noexcept {
  bool any = false;
  const std::size_t count = producer_count_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < count && !gave_up(); ++i) {
    line_ring& ring = producers_[i]->ring;
    bool ends_a_line = true;
    for (int piece = 0; piece < 2 || !ends_a_line;
         ++piece) {  // up to the wrap, then on to the end of a line
      const std::string_view bytes = ring.front();
      if (bytes.empty()) break;
      any = true;
      ends_a_line = bytes.back() == '\n';
      if (!write_out(bytes)) return true;
      ring.pop(bytes.size());
    }
  }
  return any;
}

// False when the sink is closing and its time is over. What the output refuses is counted and gone.
bool log_sink::write_out(std::string_view bytes) noexcept {
  if (line_is_lost_) {  // and counted
    const std::size_t end = bytes.find('\n');
    line_is_lost_ = end == std::string_view::npos;
    bytes.remove_prefix(line_is_lost_ ? bytes.size() : end + 1);
  }
  while (!bytes.empty()) {
    if (!wait_for_room()) return false;
    const log_output::outcome done = output_->write(bytes);
    written_.fetch_add(lines_in(bytes.substr(0, done.taken)), std::memory_order_relaxed);
    bytes.remove_prefix(done.taken);
    if (done.error == EAGAIN) {
      if (output_->descriptor() < 0) sleep(no_room_ms);
    } else if (done.error != 0 && done.error != EINTR) {
      lose(bytes.substr(0, done.lost), done.error);
      bytes.remove_prefix(std::min(done.lost, bytes.size()));
    }
  }
  return true;
}

void log_sink::lose(std::string_view bytes, int error) noexcept {
  if (bytes.empty()) return;
  line_is_lost_ = bytes.back() != '\n';
  failed_.fetch_add(lines_in(bytes) + (line_is_lost_ ? 1 : 0), std::memory_order_relaxed);
  const auto suppressed = error_limit_.admit(clock::now());
  if (!suppressed) return;
  log(log_level::warning, "cannot write the access log",
      {{"to", name_},
       {"reason", std::generic_category().message(error)},
       {"suppressed", *suppressed}});
}

// False when the sink is closing and its time is over.
bool log_sink::wait_for_room() noexcept {
  while (output_->descriptor() >= 0) {
    std::array<pollfd, 2> watched{
        {{output_->descriptor(), POLLOUT, 0}, {wake_descriptor_, POLLIN, 0}}};
    int timeout = -1;
    if (stopping_.load()) {
      const auto left = clock::duration(stop_by_.load()) - clock::now().time_since_epoch();
      if (left.count() <= 0) return false;
      timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
    }
    poll(watched.data(), watched.size(), timeout);
    if (watched[0].revents != 0) return true;  // errors too: the write tells
    if (watched[1].revents != 0) sleep(0);
  }
  return !gave_up();
}

void log_sink::reopen_output() noexcept {
  if (!output_->can_reopen()) return;
  if (const auto reopened = output_->reopen(); !reopened) {
    log(log_level::error, "cannot reopen the access log: it stays where it is",
        {{"to", name_}, {"reason", reopened.error()}});
    return;
  }
  log(log_level::info, "reopened the access log", {{"to", name_}});
}

// Until somebody wakes us or the time is over; forgets the waking.
void log_sink::sleep(int milliseconds) noexcept {
  pollfd woken{wake_descriptor_, POLLIN, 0};
  if (poll(&woken, 1, milliseconds) != 1) return;
  std::uint64_t times = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_descriptor_, &times, sizeof times);
}

void log_sink::report_dropped() noexcept {
  const std::uint64_t lost = dropped();
  if (lost == reported_) return;
  if (!only_json_.load(std::memory_order_relaxed)) {
    if (!dropped_limit_.admit(clock::now())) return;  // the next one tells of these too
    log(log_level::warning, "access log lines dropped",
        {{"to", name_}, {"count", lost - reported_}});
    reported_ = lost;
    return;
  }
  report_in_band(lost - std::exchange(reported_, lost));
}

void log_sink::report_in_band(std::uint64_t count) noexcept {
  std::array<char, 256> bytes;
  json_line line(std::span(bytes).first(bytes.size() - 1));
  line.time("time", std::chrono::system_clock::now());
  line.text("level", "warning");
  line.text("message", "log lines dropped");
  line.number("count", count);
  const std::size_t size = line.finish().size();
  bytes[size] = '\n';
  const std::uint64_t failed_before = failed_.load(std::memory_order_relaxed);
  write_out({bytes.data(), size + 1});
  // A report that fails is not itself a lost line, or a broken pipe would report for ever.
  if (failed_.load(std::memory_order_relaxed) != failed_before)
    failed_.store(failed_before, std::memory_order_relaxed);
}

}  // namespace ferroway::telemetry
