// A TCP or unix connection of the epoll backend.
#pragma once

#include <optional>

#include "io/descriptor.hpp"
#include "io/epoll_loop.hpp"
#include "io/stream.hpp"

namespace ferroway::io {

class epoll_stream final : public stream, private epoll_source, private buffer_waiter {
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
  void reset_on_close() noexcept override;
  const address& peer() const noexcept override { return peer_; }
  const address& local() const noexcept override;
  bool quiet() noexcept override;
  bool maybe_unread() const noexcept override { return readable_ || peer_ended_ || error_ != 0; }

 private:
  bool begin(receive_operation& wanted) override;
  bool begin(send_operation& wanted) override;
  bool begin(flush_operation& wanted) override;
  void abandon(receive_operation& wanted, const failure& why) noexcept override;
  void abandon(send_operation& wanted, const failure& why) noexcept override;
  void abandon(flush_operation& wanted, const failure& why) noexcept override;
  void watch_changed() noexcept override;

  void ready(std::uint32_t events) noexcept override;
  void retry() noexcept override;
  void buffer_granted(buffer given) noexcept override;

  bool waits_for_buffer() const noexcept;
  // Nothing while there is nothing to receive, or no buffer to receive into.
  std::optional<result<buffer>> try_receive(const receive_operation& wanted) noexcept;
  // Nothing while the socket takes no more.
  std::optional<result<void>> try_send(send_operation& wanted) noexcept;
  result<void> flushed() const noexcept;
  void finish_connect(std::uint32_t events) noexcept;
  void tell_watcher() noexcept;
  void peek() noexcept;
  void note_error() noexcept;

  descriptor socket_;
  int error_ = 0;  // the errno that ended the connection; the kernel tells it only once
  address peer_;
  mutable address local_;  // asked for on first use
  receive_operation* receive_ = nullptr;
  send_operation* send_ = nullptr;
  flush_operation* flush_ = nullptr;
  connect_operation* connect_ = nullptr;
  buffer granted_;  // between the grant of a buffer and the next turn

  // What epoll told and no system call has contradicted since.
  bool readable_ : 1 = false;
  bool writable_ : 1 = true;
  bool peer_ended_ : 1 = false;
  bool connecting_ : 1 = false;
  bool send_begun_ : 1 = false;      // the pending send has sent some of its bytes
  bool send_cut_short_ : 1 = false;  // and was cancelled: the stream makes no sense any more
  bool shutdown_wanted_ : 1 = false;
  bool told_bytes_ : 1 = false;
  bool told_end_ : 1 = false;
  bool told_reset_ : 1 = false;
};

}  // namespace ferroway::io
