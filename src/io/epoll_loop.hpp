// The epoll backend's loop. Sockets are registered once, edge-triggered, for everything; what they
// told is kept as flags in the socket's object, so that no system call asks what is known.
#pragma once

#include <sys/epoll.h>

#include <array>

#include "io/kernel_loop.hpp"

namespace ferroway::io {

// What an epoll event points to. It tells its loop when it goes (forget).
class epoll_source {
 public:
  // The events of EPOLLIN and so on that epoll reported.
  virtual void ready(std::uint32_t events) noexcept = 0;

 protected:
  ~epoll_source() = default;
};

class epoll_loop final : public kernel_loop {
 public:
  static result<std::unique_ptr<epoll_loop>> make(const buffer_pool::settings& memory);
  ~epoll_loop() override;

  std::string_view name() const noexcept override { return "epoll"; }
  void run() override;
  result<std::unique_ptr<listener>> listen(const address& at,
                                           const listen_options& options) override;
  result<std::unique_ptr<listener>> adopt(descriptor socket, bool shared) override;

  // For its sockets, and for descriptors of libraries that want to be told when theirs are ready.
  bool add(int socket, epoll_source& source, std::uint32_t events) noexcept;
  bool change(int socket, epoll_source& source, std::uint32_t events) noexcept;
  void remove(int socket) noexcept;
  // `source` is being destroyed, which may be in the middle of a batch of events.
  void forget(const epoll_source& source) noexcept;

 private:
  static constexpr std::size_t events_max = 512;

  class waker final : public epoll_source {
   public:
    explicit waker(epoll_loop& on) noexcept : loop_(on) {}
    void ready(std::uint32_t events) noexcept override;

   private:
    epoll_loop& loop_;
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

}  // namespace ferroway::io
