// What the connections of the backends with a kernel beneath them share: the socket and its peer,
// who waits for what, receiving into the pool's buffers, and what is told to a watcher. A backend
// adds how it learns what the socket is ready for, and how it sends.
#pragma once

#include <optional>

#include "io/descriptor.hpp"
#include "io/kernel_loop.hpp"
#include "io/stream.hpp"

namespace ferroway::io {

class kernel_stream : public stream, protected deferrable, protected buffer_waiter {
 public:
  void reset_on_close() noexcept final;
  const address& peer() const noexcept final { return peer_; }
  address local() const noexcept final;
  bool quiet() noexcept override;

 protected:
  // `socket` is connected (or connecting) and not blocking.
  kernel_stream(kernel_loop& on, descriptor socket, address peer) noexcept;
  ~kernel_stream() override;

  void abandon(receive_operation& wanted, const failure& why) noexcept final;
  void abandon(flush_operation& wanted, const failure& why) noexcept final;
  void buffer_granted(buffer given) noexcept final;

  bool waits_for_buffer() const noexcept {
    return static_cast<const buffer_waiter&>(*this).linked();
  }
  // Asks the socket. Nothing while it has nothing (then it is not readable any more), and while
  // there is no buffer for its bytes, which is waited for; an end or a failure needs none.
  std::optional<result<buffer>> receive_now(const receive_operation& wanted) noexcept;

  // One system call's worth, as sendmsg(2).
  ssize_t send_now(const gather& what) const noexcept;

  // When nothing can be sent any more; `wanted` has its outcome then.
  bool refuses(send_operation& wanted) const noexcept;
  result<void> flushed() const noexcept;

  // The outcome of the connect is there. Where it failed this stream is gone afterwards.
  void end_connect() noexcept;

  // `taken`: bytes have been taken from the socket that nobody has received.
  void tell_watcher(bool taken) noexcept;

  // The connection has ended. Whoever receives learns of it in the next turn, if not before.
  void note_error(int error_number) noexcept {
    if (error_ == 0) error_ = error_number;
    broken_ = true;
    if (receive_ != nullptr) loop_.defer(*this);
  }
  // A send has failed: nothing can be sent any more.
  void note_send_error(int error_number) noexcept;
  std::unexpected<failure> failed(const char* detail) const noexcept {
    return fail(fault_of_errno(error_), side::local, detail);
  }

  kernel_loop& loop_;
  descriptor socket_;
  int error_ = 0;  // the errno of what failed first; the kernel tells it only once
  address peer_;
  receive_operation* receive_ = nullptr;
  send_operation* send_ = nullptr;
  flush_operation* flush_ = nullptr;
  connect_operation* connect_ = nullptr;  // its `pending` owns this stream while it waits
  buffer granted_;                        // between the grant of a buffer and the next turn

  bool readable_ : 1 = false;  // as far as has been told, and no system call has contradicted
  bool peer_ended_ : 1 = false;
  bool broken_ : 1 = false;          // by the error: nothing comes any more either
  bool send_begun_ : 1 = false;      // the pending send has sent some of its bytes
  bool send_cut_short_ : 1 = false;  // and was cancelled: the stream makes no sense any more
  bool shutdown_wanted_ : 1 = false;
  bool told_bytes_ : 1 = false;
  bool told_end_ : 1 = false;
  bool told_reset_ : 1 = false;

 private:
  bool has_bytes() noexcept;
};

// What every connection costs, and an idle one has to pay for. Think before it grows.
constexpr std::size_t stream_bytes_max = 200;

}  // namespace ferroway::io
