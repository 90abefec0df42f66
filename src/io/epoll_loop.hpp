// The epoll backend's loop. Sockets are registered once, edge-triggered, for everything; what they
// told is kept as flags in the socket's object, so that no system call asks what is known.
#pragma once

#include <sys/epoll.h>

#include <array>

#include "io/kernel_loop.hpp"

namespace ferroway::io {

class epoll_loop;

// What an epoll event points to. Destroying it in the middle of a batch of events is safe.
class epoll_source : public deferrable {
 public:
  explicit epoll_source(epoll_loop& on) noexcept : loop_(on) {}
  epoll_source(const epoll_source&) = delete;
  epoll_source& operator=(const epoll_source&) = delete;

  // The events of EPOLLIN and so on that epoll reported.
  virtual void ready(std::uint32_t events) noexcept = 0;

 protected:
  ~epoll_source();
  epoll_loop& loop_;
};

class epoll_loop final : public kernel_loop {
 public:
  static result<std::unique_ptr<loop>> make(const buffer_pool::settings& memory);
  ~epoll_loop() override;

  std::string_view name() const noexcept override { return "epoll"; }
  void run() override;
  result<std::unique_ptr<listener>> listen(const address& at,
                                           const listen_options& options) override;

  // For its sockets.
  bool add(int socket, epoll_source& source, std::uint32_t events) noexcept;
  void remove(int socket) noexcept;
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
  void take_events(int count) noexcept;

  descriptor poll_;
  waker waker_{*this};

  std::array<epoll_event, events_max> events_;
  int next_event_ = 0;  // of the batch that is being taken
  int event_count_ = 0;
};

inline epoll_source::~epoll_source() { loop_.forget(*this); }

}  // namespace ferroway::io
