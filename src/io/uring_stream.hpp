// A TCP or unix connection of the io_uring backend.
//
// Mostly a receive stays armed in the kernel for as long as the connection lives and is read from
// ('multishot'): it takes one of the loop's provided buffers whenever bytes come. What nobody has
// asked for yet waits in a short queue; where that grows, the receive is cancelled until it is
// empty. Where no buffers are left to provide, and where bodies are long or have lately been, the
// stream waits for readiness and then receives as the epoll backend does: a large buffer that is
// filled and sent on at once stays in the processor's caches, as many that wait for their turn do
// not.
//
// Short sends are silent (uring_sends.hpp); what the socket did not take of one is the backlog,
// which goes first. Others are tried at once; what is left of them is the kernel's to send.
#pragma once

#include <poll.h>

#include <memory>
#include <new>
#include <optional>

#include "io/descriptor.hpp"
#include "io/kernel_stream.hpp"
#include "io/uring_loop.hpp"

namespace ferroway::io {

class uring_stream final : private ring_source, public kernel_stream {
 public:
  // `socket` is connected (or connecting, see connect_for) and not blocking.
  uring_stream(uring_loop& on, descriptor socket, address peer);
  ~uring_stream() override;
  // Lets go: what the kernel still does for it ends first.
  static void operator delete(uring_stream* which, std::destroying_delete_t) noexcept {
    which->let_go();
  }

  // `waiting`, whose `pending` owns this stream until then, is completed when the outcome is known.
  void connect_for(connect_operation& waiting) noexcept;

  void shutdown_write() noexcept override;
  bool quiet() noexcept override { return received_.empty() && kernel_stream::quiet(); }
  // Where the kernel has not been asked to tell, it may be so.
  bool maybe_unread() const noexcept override {
    const bool told = (armed_ && !cancelling_receive_) ||
                      (poll_armed_ && !cancelling_poll_ && (poll_events_ & POLLIN) != 0);
    return may_receive() || error_ != 0 || !told;
  }

  // For uring_send.
  void send_failed(int error_number) noexcept;
  void silent_send_succeeded() noexcept;
  void silent_send_fell_short(int outcome, gather&& rest) noexcept;

 private:
  bool begin(receive_operation& wanted) override;
  bool begin(send_operation& wanted) override;
  bool begin(flush_operation& wanted) override;
  using kernel_stream::abandon;
  void abandon(send_operation& wanted, const failure& why) noexcept override;
  void watch_changed() noexcept override;
  void completed(ring_op what, int result, unsigned flags) noexcept override;
  void retry() noexcept override;

  void receive_ended(int result, unsigned flags) noexcept;
  void note_received(int result, unsigned flags) noexcept;
  void poll_told(int result, unsigned flags) noexcept;
  void send_ended(int result) noexcept;

  // There is something to receive, or an end, or a failure to tell; or there may be.
  bool may_receive() const noexcept {
    return !received_.empty() || readable_ || peer_ended_ || broken_;
  }
  // Completes the pending receive if it can be.
  void serve_receive() noexcept;
  // Nothing while there is nothing to receive, or no buffer to receive into.
  std::optional<result<buffer>> try_receive(const receive_operation& wanted) noexcept;
  buffer take_received() noexcept;
  // Has the kernel tell what this stream has to know now, and no more.
  void rearm() noexcept;
  void arm_receive() noexcept;
  void await_readiness() noexcept;
  void arm_poll(unsigned events) noexcept;
  void cancel_receive() noexcept;

  void advance_sends() noexcept;
  bool try_send_silently(gather& what) noexcept;
  // Nothing while the kernel has the rest.
  std::optional<result<void>> try_send(send_operation& wanted) noexcept;
  void start_send(gather& what) noexcept;
  void fill(io_uring_sqe& queued, uring_send& entry, const gather& what) noexcept;

  uring_loop& on() const noexcept { return static_cast<uring_loop&>(loop_); }
  void let_go() noexcept;
  void end_if_unused() noexcept;

  // The small ones first, where the base leaves room.
  // A multishot takes up to 32 small buffers at once for bytes that are there already: none is
  // armed for a peer that has filled one, until so many short receives have followed.
  std::uint8_t wary_ = 0;
  std::uint8_t received_count_ = 0;
  std::uint8_t in_kernel_ = 0;  // operations that will have a last completion, and silent sends
  bool armed_ : 1 = false;      // a receive is in the kernel
  bool cancelling_receive_ : 1 = false;
  bool poll_armed_ : 1 = false;
  bool cancelling_poll_ : 1 = false;
  bool hung_up_ : 1 = false;         // both ways have ended: a poll would tell so for ever
  bool silent_send_ : 1 = false;     // is under way in this turn
  bool send_in_kernel_ : 1 = false;  // of the backlog, or else of send_
  bool let_go_ : 1 = false;
  std::uint16_t poll_events_ = 0;
  buffer_queue received_;
  std::unique_ptr<gather> backlog_;
};

static_assert(sizeof(uring_stream) <= stream_bytes_max);

}  // namespace ferroway::io
