#include "io/epoll_loop.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "io/backend.hpp"
#include "io/epoll_listener.hpp"
#include "io/epoll_stream.hpp"
#include "io/listen_socket.hpp"

namespace ferroway::io {
namespace {

duration read(clockid_t which) noexcept {
  timespec time{};
  ::clock_gettime(which, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

time_point steady_now() noexcept { return time_point(read(CLOCK_MONOTONIC)); }
wall_time system_now() noexcept { return wall_time(read(CLOCK_REALTIME)); }

}  // namespace

result<std::unique_ptr<loop>> make_epoll_loop(const buffer_pool::settings& memory) {
  return epoll_loop::make(memory);
}

result<std::unique_ptr<loop>> epoll_loop::make(const buffer_pool::settings& memory) {
  descriptor poll(::epoll_create1(EPOLL_CLOEXEC));
  if (!poll) return fail(fault_of_errno(errno), side::local, "epoll_create1");
  descriptor wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!wake) return fail(fault_of_errno(errno), side::local, "eventfd");
  std::unique_ptr<epoll_loop> made(new epoll_loop(std::move(poll), std::move(wake), memory));
  // Edge-triggered, so that nothing needs to be read from it to silence it.
  if (!made->add(made->wake_.number(), made->waker_, EPOLLIN | EPOLLET)) {
    return fail(fault_of_errno(errno), side::local, "epoll_ctl");
  }
  return made;
}

epoll_loop::epoll_loop(descriptor poll, descriptor wake, const buffer_pool::settings& memory)
    : loop(steady_now(), system_now(), memory),
      poll_(std::move(poll)),
      wake_(std::move(wake)),
      wall_read_at_(now_) {}

epoll_loop::~epoll_loop() = default;

void epoll_loop::run() {
  while (!stop_.load(std::memory_order_acquire)) turn();
  stop_.store(false, std::memory_order_relaxed);
}

void epoll_loop::stop() noexcept {
  stop_.store(true, std::memory_order_release);
  wake();
}

void epoll_loop::post(message work) {
  bool first = false;
  {
    const std::lock_guard hold(posted_lock_);
    first = posted_.empty();
    posted_.push_back(std::move(work));
  }
  if (first) wake();
}

void epoll_loop::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(wake_.number(), &one, sizeof one);
}

void epoll_loop::waker::ready(std::uint32_t) noexcept { loop_.woken_ = true; }

void epoll_loop::turn() {
  const int count =
      ::epoll_wait(poll_.number(), events_.data(), static_cast<int>(events_max), timeout_ms());
  ++turns_;
  read_clock();
  // No coroutine runs before everything that came in is noted: what runs may destroy what events
  // point to.
  take_events(count);
  retry_deferred();
  // What came in is looked at before the clock: after a stall of the process every deadline has
  // passed, and every byte that came in time is there.
  resume_ready();
  timers().advance(now_);
  if (woken_) run_posted();
  resume_ready();
}

int epoll_loop::timeout_ms() noexcept {
  if (anything_ready() || !deferred_.empty()) return 0;
  const time_point next = timers().next();
  if (next == never) return -1;
  if (next <= now_) return 0;
  constexpr std::int64_t longest_ms = 60'000;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(next - now_).count();
  return static_cast<int>(std::min<std::int64_t>(ms, longest_ms));
}

void epoll_loop::read_clock() noexcept {
  constexpr duration wall_drift_max = std::chrono::seconds(1);
  const time_point read_now = steady_now();
  if (read_now - wall_read_at_ >= wall_drift_max) {
    wall_now_ = system_now();
    wall_read_at_ = read_now;
  } else {
    wall_now_ += read_now - now_;
  }
  now_ = read_now;
}

void epoll_loop::take_events(int count) noexcept {
  event_count_ = std::max(count, 0);
  for (next_event_ = 0; next_event_ < event_count_;) {
    const epoll_event event = events_[static_cast<std::size_t>(next_event_++)];
    if (event.data.ptr != nullptr) static_cast<epoll_source*>(event.data.ptr)->ready(event.events);
  }
  event_count_ = 0;
}

void epoll_loop::forget(epoll_source& source) noexcept {
  for (int i = next_event_; i < event_count_; ++i) {
    epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &source) event.data.ptr = nullptr;
  }
}

void epoll_loop::retry_deferred() noexcept {
  list<epoll_source, in_deferred> batch;
  batch.splice(deferred_);
  while (!batch.empty()) batch.pop_front().retry();
}

void epoll_loop::run_posted() {
  woken_ = false;
  std::vector<message> batch;
  {
    const std::lock_guard hold(posted_lock_);
    batch.swap(posted_);
  }
  for (message& work : batch) {
    renew_inline();
    work();
  }
}

bool epoll_loop::add(int socket, epoll_source& source, std::uint32_t events) noexcept {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = &source;
  return ::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, socket, &wanted) == 0;
}

void epoll_loop::remove(int socket) noexcept {
  epoll_event ignored{};
  (void)::epoll_ctl(poll_.number(), EPOLL_CTL_DEL, socket, &ignored);
}

result<std::unique_ptr<listener>> epoll_loop::listen(const address& at,
                                                     const listen_options& options) {
  result<descriptor> socket = make_listening_socket(at, options);
  if (!socket) return fail(socket.error());
  auto made = std::make_unique<epoll_listener>(*this, std::move(*socket));
  if (!made->registered()) return fail(fault_of_errno(errno), side::local, "epoll_ctl");
  return made;
}

bool epoll_loop::begin(connect_operation& wanted) {
  result<std::unique_ptr<epoll_stream>> begun = epoll_stream::begin_connect(*this, wanted.to());
  if (!begun) {
    wanted.set_outcome(fail(begun.error()));
    return true;
  }
  if (!(*begun)->connecting()) {
    wanted.set_outcome(std::move(*begun));
    return true;
  }
  (*begun)->connect_for(wanted);
  wanted.pending = begun->release();
  return false;
}

void epoll_loop::abandon(connect_operation& wanted, const failure& why) noexcept {
  delete static_cast<epoll_stream*>(std::exchange(wanted.pending, nullptr));
  wanted.complete(fail(why));
}

}  // namespace ferroway::io
