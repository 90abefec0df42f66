#include "io/uring_probe.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "io/descriptor.hpp"
#include "io/uring_buffers.hpp"
#include "io/uring_loop.hpp"

namespace ferroway::io {
namespace {

std::string why_not_made(int error_number) {
  switch (error_number) {
    case ENOSYS:
      return "this kernel has no io_uring, or a container hides it (ENOSYS)";
    case EPERM:
    case EACCES:
      return "it is forbidden, by a container's seccomp filter or the sysctl "
             "kernel.io_uring_disabled (EPERM)";
    case EINVAL:
      return "this kernel is older than Linux 6.1 (EINVAL)";
    case ENOMEM:
      return "too little memory may be locked (ENOMEM; RLIMIT_MEMLOCK)";
    default:
      return std::string("a ring cannot be made: ") + std::strerror(error_number);
  }
}

// The receiving end of the probe.
class probe final : public ring_source {
 public:
  explicit probe(uring_buffers& from) : from_(from) {}
  void completed(ring_op what, int result, unsigned flags) noexcept override {
    if (what != ring_op::receive) {
      send_failed = true;
    } else if (result > 0 && (flags & IORING_CQE_F_BUFFER) != 0) {
      received = std::string(from_.take(flags, static_cast<std::size_t>(result)).view());
      goes_on = (flags & IORING_CQE_F_MORE) != 0;
    } else {
      ended = true;
    }
  }
  std::string received;
  bool goes_on = false;
  bool send_failed = false;
  bool ended = false;

 private:
  uring_buffers& from_;
};

std::optional<std::string> converse(uring& ring, uring_buffers& from, int sender, int receiver) {
  static constexpr std::string_view words = "ferroway";
  probe told(from);
  io_uring_sqe& receive = ring.next(told, ring_op::receive);
  receive.opcode = IORING_OP_RECV;
  receive.fd = receiver;
  receive.flags = IOSQE_BUFFER_SELECT;
  receive.buf_group = from.group();
  receive.ioprio = IORING_RECV_MULTISHOT;
  io_uring_sqe& send = ring.next(told, ring_op::silent_send);
  send.opcode = IORING_OP_SEND;
  send.fd = sender;
  send.addr = reinterpret_cast<std::uint64_t>(words.data());
  send.len = words.size();
  send.msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;
  send.flags = IOSQE_CQE_SKIP_SUCCESS;
  constexpr int turns_max = 10;
  int error = 0;
  for (int i = 0; i < turns_max && told.received.empty() && !told.ended; ++i) {
    error = ring.enter(std::chrono::milliseconds(100));
    if (error != 0 && error != ETIME && error != EINTR) return why_not_made(error);
    ring.reap();
  }
  ring.cancel(told, ring_op::receive);
  for (int i = 0; i < turns_max && !told.ended; ++i) {
    (void)ring.enter(std::chrono::milliseconds(100));
    ring.reap();
  }
  const bool fine = told.received == words && told.goes_on && !told.send_failed && told.ended;
  if (fine) return std::nullopt;
  return "bytes sent through a ring did not arrive as they should";
}

}  // namespace

std::optional<std::string> why_no_uring() {
  buffer_pool pool;
  uring ring;
  uring_buffers from(ring.raw(), pool, 0, buffer_pool::small_bytes, 2);
  if (const int error = ring.make({16, 64}); error != 0) return why_not_made(error);
  if (const int error = from.make(); error != 0) return why_not_made(error);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return std::string("no socket to try it with: ") + std::strerror(errno);
  }
  const descriptor sender(ends[0]);
  const descriptor receiver(ends[1]);
  if (const int error = ring.enable(); error != 0) return why_not_made(error);
  from.top_up();
  return converse(ring, from, sender.number(), receiver.number());
}

result<std::unique_ptr<loop>> make_uring_loop(const buffer_pool::settings& memory) {
  return uring_loop::make(memory);
}

}  // namespace ferroway::io
