#include "io/epoll_loop.hpp"

#include <cerrno>

#include "io/backend.hpp"
#include "io/epoll_listener.hpp"
#include "io/epoll_stream.hpp"
#include "io/listen_socket.hpp"

namespace ferroway::io {

result<std::unique_ptr<loop>> make_epoll_loop(const buffer_pool::settings& memory) {
  result<std::unique_ptr<epoll_loop>> made = epoll_loop::make(memory);
  if (!made) return fail(made.error());
  return std::unique_ptr<loop>(std::move(*made));
}

result<std::unique_ptr<epoll_loop>> epoll_loop::make(const buffer_pool::settings& memory) {
  descriptor poll(::epoll_create1(EPOLL_CLOEXEC));
  if (!poll) return fail(fault_of_errno(errno), side::local, "epoll_create1");
  result<descriptor> wake = make_wake();
  if (!wake) return fail(wake.error());
  std::unique_ptr<epoll_loop> made(new epoll_loop(std::move(poll), std::move(*wake), memory));
  if (!made->add(made->wake_descriptor(), made->waker_, EPOLLIN | EPOLLET)) {
    return fail(fault_of_errno(errno), side::local, "epoll_ctl");
  }
  return made;
}

epoll_loop::epoll_loop(descriptor poll, descriptor wake, const buffer_pool::settings& memory)
    : kernel_loop(std::move(wake), memory), poll_(std::move(poll)) {}

epoll_loop::~epoll_loop() = default;

void epoll_loop::run() {
  while (!stopping()) turn();
  stopped();
}

void epoll_loop::waker::ready(std::uint32_t) noexcept { loop_.woken(); }

void epoll_loop::turn() {
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(longest_wait());
  const int count = ::epoll_wait(poll_.number(), events_.data(), static_cast<int>(events_max),
                                 static_cast<int>(wait.count()));
  ++turns_;
  read_clock();
  // No coroutine runs before everything that came in is noted: what runs may destroy what events
  // point to.
  take_events(count);
  retry_deferred();
  run_turn();
}

void epoll_loop::take_events(int count) noexcept {
  event_count_ = std::max(count, 0);
  for (next_event_ = 0; next_event_ < event_count_;) {
    const epoll_event event = events_[static_cast<std::size_t>(next_event_++)];
    if (event.data.ptr != nullptr) static_cast<epoll_source*>(event.data.ptr)->ready(event.events);
  }
  event_count_ = 0;
}

void epoll_loop::forget(const epoll_source& source) noexcept {
  for (int i = next_event_; i < event_count_; ++i) {
    epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &source) event.data.ptr = nullptr;
  }
}

bool epoll_loop::add(int socket, epoll_source& source, std::uint32_t events) noexcept {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = &source;
  return ::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, socket, &wanted) == 0;
}

bool epoll_loop::change(int socket, epoll_source& source, std::uint32_t events) noexcept {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.ptr = &source;
  return ::epoll_ctl(poll_.number(), EPOLL_CTL_MOD, socket, &wanted) == 0;
}

void epoll_loop::remove(int socket) noexcept {
  epoll_event ignored{};
  (void)::epoll_ctl(poll_.number(), EPOLL_CTL_DEL, socket, &ignored);
}

result<std::unique_ptr<listener>> epoll_loop::listen(const address& at,
                                                     const listen_options& options) {
  result<descriptor> socket = make_listening_socket(at, options);
  if (!socket) return fail(socket.error());
  return adopt(std::move(*socket), options.shared_descriptor >= 0);
}

result<std::unique_ptr<listener>> epoll_loop::adopt(descriptor socket, bool) {
  auto made = std::make_unique<epoll_listener>(*this, std::move(socket));
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
  delete std::exchange(wanted.pending, nullptr);
  wanted.complete(fail(why));
}

}  // namespace ferroway::io
