// A TCP or unix connection of the epoll backend.
#pragma once

#include <optional>

#include "io/descriptor.hpp"
#include "io/epoll_loop.hpp"
#include "io/kernel_stream.hpp"

namespace ferroway::io {

class epoll_stream final : private epoll_source, public kernel_stream {
 public:
  // `socket` is connected and not blocking.
  epoll_stream(epoll_loop& on, descriptor socket, address peer);
  ~epoll_stream() override;

  // Registers with the loop; errno says why not.
  bool register_socket() noexcept;

  // A socket on its way to `to`, or there already (then it is not connecting()).
  static result<std::unique_ptr<epoll_stream>> begin_connect(epoll_loop& on, const address& to);
  bool connecting() const noexcept { return connecting_; }
  // `waiting`, whose `pending` owns this stream until then, is completed when the outcome is known.
  void connect_for(connect_operation& waiting) noexcept { connect_ = &waiting; }

  void shutdown_write() noexcept override;
  bool maybe_unread() const noexcept override { return readable_ || peer_ended_ || error_ != 0; }

 private:
  bool begin(receive_operation& wanted) override;
  bool begin(send_operation& wanted) override;
  bool begin(flush_operation& wanted) override;
  using kernel_stream::abandon;
  void abandon(send_operation& wanted, const failure& why) noexcept override;
  void watch_changed() noexcept override;

  void ready(std::uint32_t events) noexcept override;
  void retry() noexcept override;

  epoll_loop& on() const noexcept { return static_cast<epoll_loop&>(loop_); }
  bool may_receive() const noexcept { return readable_ || broken_; }
  // Nothing while there is nothing to receive, or no buffer to receive into.
  std::optional<result<buffer>> try_receive(const receive_operation& wanted) noexcept;
  // Nothing while the socket takes no more.
  std::optional<result<void>> try_send(send_operation& wanted) noexcept;
  void sends_ended() noexcept;
  void finish_connect(std::uint32_t events) noexcept;

  bool writable_ : 1 = true;  // as far as has been told, and no system call has contradicted
  bool connecting_ : 1 = false;
};

static_assert(sizeof(epoll_stream) <= stream_bytes_max);

}  // namespace ferroway::io
