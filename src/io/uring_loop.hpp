// The io_uring backend's loop: one system call a turn submits what the turn began, waits, and takes
// what has ended.
#pragma once

#include "io/kernel_loop.hpp"
#include "io/uring.hpp"
#include "io/uring_buffers.hpp"
#include "io/uring_sends.hpp"

namespace ferroway::io {

class uring_loop final : public kernel_loop {
 public:
  static result<std::unique_ptr<loop>> make(const buffer_pool::settings& memory,
                                            const uring::settings& sizes = {});
  ~uring_loop() override;

  std::string_view name() const noexcept override { return "io_uring"; }
  void run() override;
  result<std::unique_ptr<listener>> listen(const address& at,
                                           const listen_options& options) override;
  result<std::unique_ptr<listener>> adopt(descriptor socket, bool shared) override;

  // For its sockets.
  uring& ring() noexcept { return ring_; }
  uring_sends& sends() noexcept { return sends_; }
  uring_buffers& small_buffers() noexcept { return small_; }
  // Somebody waits for a silent send to be over, which no completion will tell: the next turn does
  // not wait in the kernel.
  void settle_soon() noexcept { settle_soon_ = true; }
  // Objects whose owners have let go of them while the kernel still had their operations: they
  // delete themselves after the last one.
  void outlives_its_owner() noexcept;
  void is_gone() noexcept { --outliving_; }

 private:
  class waker final : public ring_source {
   public:
    explicit waker(uring_loop& on) noexcept : loop_(on) {}
    void completed(ring_op what, int result, unsigned flags) noexcept override;
    void arm() noexcept;

   private:
    uring_loop& loop_;
  };

  uring_loop(descriptor wake, const buffer_pool::settings& memory);
  bool begin(connect_operation& wanted) override;
  void abandon(connect_operation& wanted, const failure& why) noexcept override;
  void turn();
  void exchange_with_kernel(duration wait) noexcept;
  // Until every send has been submitted and every object that outlives its owner is gone.
  void come_to_rest() noexcept;

  uring ring_;
  waker waker_{*this};
  uring_sends sends_;
  uring_buffers small_;
  std::size_t outliving_ = 0;
  bool running_ = false;
  bool settle_soon_ = false;
};

}  // namespace ferroway::io
