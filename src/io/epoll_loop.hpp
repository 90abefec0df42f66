// The epoll backend's loop. Sockets are registered once, edge-triggered, for everything; what they
// told is kept as flags in the socket's object, so that no system call asks what is known.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "io/descriptor.hpp"
#include "io/loop.hpp"

namespace ferroway::io {

class epoll_loop;
struct in_deferred;

// What an epoll event points to. Destroying it in the middle of a batch of events is safe.
class epoll_source : public tagged_node<in_deferred> {
 public:
  explicit epoll_source(epoll_loop& on) noexcept : loop_(on) {}
  epoll_source(const epoll_source&) = delete;
  epoll_source& operator=(const epoll_source&) = delete;

  // The events of EPOLLIN and so on that epoll reported.
  virtual void ready(std::uint32_t events) noexcept = 0;
  // Asked for by epoll_loop::defer.
  virtual void retry() noexcept = 0;

 protected:
  ~epoll_source();
  epoll_loop& loop_;
};

class epoll_loop final : public loop {
 public:
  static result<std::unique_ptr<loop>> make(const buffer_pool::settings& memory);
  ~epoll_loop() override;

  std::string_view name() const noexcept override { return "epoll"; }
  void run() override;
  void stop() noexcept override;
  void post(message work) override;
  result<std::unique_ptr<listener>> listen(const address& at,
                                           const listen_options& options) override;

  // For its sockets.
  bool add(int socket, epoll_source& source, std::uint32_t events) noexcept;
  void remove(int socket) noexcept;
  // `source` is retried in the next turn (in this one, while events are taken).
  void defer(epoll_source& source) noexcept {
    if (!source.linked()) deferred_.push_back(source);
  }
  void forget(epoll_source& source) noexcept;

 private:
  static constexpr std::size_t events_max = 512;

  class waker final : public epoll_source {
   public:
    using epoll_source::epoll_source;
    void ready(std::uint32_t events) noexcept override;
    void retry() noexcept override {}
  };

  epoll_loop(descriptor poll, descriptor wake, const buffer_pool::settings& memory);
  bool begin(connect_operation& wanted) override;
  void abandon(connect_operation& wanted, const failure& why) noexcept override;

  void turn();
  int timeout_ms() noexcept;
  void read_clock() noexcept;
  void take_events(int count) noexcept;
  void retry_deferred() noexcept;
  void run_posted();
  void wake() noexcept;

  descriptor poll_;
  descriptor wake_;
  waker waker_{*this};
  list<epoll_source, in_deferred> deferred_;

  std::array<epoll_event, events_max> events_;
  int next_event_ = 0;  // of the batch that is being taken
  int event_count_ = 0;

  time_point wall_read_at_;
  bool woken_ = false;
  std::atomic<bool> stop_ = false;
  std::mutex posted_lock_;
  std::vector<message> posted_;  // under posted_lock_
};

inline epoll_source::~epoll_source() { loop_.forget(*this); }

}  // namespace ferroway::io
