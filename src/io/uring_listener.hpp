// A listening socket of the io_uring backend. The kernel accepts for as long as somebody waits to
// be given what it accepts, and no longer: a worker that is full leaves the queue to others.
#pragma once

#include <deque>
#include <memory>
#include <new>

#include "io/descriptor.hpp"
#include "io/listener.hpp"
#include "io/uring_loop.hpp"

namespace ferroway::io {

class uring_listener final : public listener, private ring_source, private deferrable {
 public:
  // `shared`: other workers wait on the same socket.
  uring_listener(uring_loop& on, descriptor socket, bool shared);
  ~uring_listener() override = default;
  // Lets go: what the kernel still does for it ends first.
  static void operator delete(uring_listener* which, std::destroying_delete_t) noexcept {
    which->let_go();
  }

  const address& bound() const noexcept override { return bound_; }

 private:
  bool take_accepted(accept_operation& wanted) override;
  bool begin(accept_operation& wanted) override;
  void abandon(accept_operation& wanted, const failure& why) noexcept override;
  void completed(ring_op what, int result, unsigned flags) noexcept override;
  void retry() noexcept override;

  void arm() noexcept;
  void cancel() noexcept;
  void serve() noexcept;
  void let_go() noexcept;
  void end() noexcept;
  // Nothing when nobody waits to be accepted.
  std::unique_ptr<stream> next_stream();

  uring_loop& loop_;
  descriptor socket_;
  address bound_;
  bool shared_;
  bool armed_ = false;
  bool cancelling_ = false;
  bool let_go_ = false;
  int error_ = 0;  // of the last accept
  accept_operation* accept_ = nullptr;
  std::deque<descriptor> accepted_;
};

}  // namespace ferroway::io
