// Sends that complete in silence. Each is tried by the system call that submits it, and may not
// wait there (MSG_DONTWAIT): when that call has returned and every completion has been told, those
// without one have succeeded, and their buffers go back. So nothing ever waits for a completion
// that is skipped, and a socket that is full says so at once.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <memory>
#include <vector>

#include "io/gather.hpp"
#include "io/uring.hpp"

namespace ferroway::io {

class uring_stream;

// One send from its entry in the queue until that has been submitted.
struct uring_send final : ring_source {
  void completed(ring_op what, int result, unsigned flags) noexcept override;

  uring_stream* by = nullptr;  // whom to tell; nullptr for sends that are not silent
  gather what;                 // of a silent one
  int outcome = 0;             // of a silent one that did not succeed: a short count or an errno
  bool succeeded = true;
  msghdr message{};
  std::array<iovec, gather::parts_max> parts{};
};

class uring_sends {
 public:
  // nullptr when too many are under way in this turn.
  uring_send* try_take();
  // After a submission whose completions have all been told.
  void settle() noexcept;
  bool empty() const noexcept { return used_ == 0; }

 private:
  static constexpr std::size_t sends_max = 512;
  std::vector<std::unique_ptr<uring_send>> sends_;  // the first used_ are under way
  std::size_t used_ = 0;
};

}  // namespace ferroway::io
