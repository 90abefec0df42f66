// A worker's event loop: one thread, its sockets, timers, buffers and ready coroutines. Three kinds
// stand behind this interface (epoll, io_uring, simulated), chosen once per process; all pass the
// same conformance test.
//
// A turn: wait for the kernel (not at all when something is ready), read the clock once, take
// completions, fire timers, resume what is ready. Only `post` and `stop` may be called from other
// threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/buffer.hpp"
#include "base/clock.hpp"
#include "io/address.hpp"
#include "io/descriptor.hpp"
#include "io/listener.hpp"
#include "io/operation.hpp"
#include "io/stream.hpp"
#include "io/timer.hpp"

namespace ferroway::io {

struct listen_options {
  int backlog = 4096;
  bool reuse_port = true;  // TCP: one socket a worker
  // TCP: the first of those, with fault::address_in_use when anybody else listens there already.
  bool first = false;
  int shared_descriptor = -1;  // listen on a duplicate of this bound socket instead of a new one
  unsigned unix_mode = 0666;   // permissions of a unix socket's file
};

class blocking_pool;
class loop;

class connect_operation final : public operation_of<std::unique_ptr<stream>> {
 public:
  connect_operation(loop& on, address to, cancel_scope& scope)
      : operation_of(scope), on_(on), to_(std::move(to)) {}
  const address& to() const noexcept { return to_; }
  void cancel(const failure& why) noexcept override;
  // For backends: the connection that is being made.
  stream* pending = nullptr;

 private:
  bool begin() override;
  loop& on_;
  address to_;
};

// Ends well at the deadline, or with the scope's failure before.
class sleep_operation final : public operation_of<void>, private timer {
 public:
  sleep_operation(loop& on, time_point deadline, cancel_scope& scope);
  void cancel(const failure& why) noexcept override {
    disarm();
    complete(fail(why));
  }

 private:
  bool begin() override;
  void expired() override { complete({}); }
  loop& on_;
  time_point wake_;
};

class loop {
 public:
  using message = std::move_only_function<void()>;

  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;
  virtual ~loop() = default;

  // "epoll", "io_uring", "simulated"
  virtual std::string_view name() const noexcept = 0;

  time_point now() const noexcept { return now_; }  // as of this turn
  wall_time wall_now() const noexcept { return wall_now_; }
  timer_wheel& timers() noexcept { return timers_; }
  // Who does what would hold up this loop; null: nobody, and it is done at once (simulated).
  virtual blocking_pool* pool() noexcept { return nullptr; }
  buffer_pool& buffers() noexcept { return buffers_; }

  // Turns until `stop`, which ends it after the turn under way. Once per thread.
  virtual void run() = 0;
  virtual void stop() noexcept = 0;
  // Runs `work` on this loop's thread, in order. The only door between threads.
  virtual void post(message work) = 0;

  virtual result<std::unique_ptr<listener>> listen(const address& at,
                                                   const listen_options& options) = 0;
  // Accepts on a socket that listens already, which any thread may have made
  // (io/listen_socket.hpp). `shared`: other loops accept on duplicates of it. fault::unsupported
  // where there is no kernel beneath.
  virtual result<std::unique_ptr<listener>> adopt(descriptor socket, bool shared) = 0;
  connect_operation connect(const address& to, cancel_scope& scope) { return {*this, to, scope}; }
  sleep_operation sleep_until(time_point deadline, cancel_scope& scope) {
    return {*this, deadline, scope};
  }
  sleep_operation sleep_for(duration length, cancel_scope& scope) {
    return {*this, deadline_after(now_, length), scope};
  }

  // For operations: `done` is resumed at the end of this turn, or in the next.
  void add_ready(operation& done) noexcept { ready_.push_back(done); }

  // For backends, before completing an operation within begin(): false when this resumption has had
  // its share, so that a fast pair of peers cannot keep the others waiting. The operation then
  // completes in the next turn.
  bool spend_inline() noexcept {
    if (inline_left_ == 0) return false;
    --inline_left_;
    return true;
  }

  // Turns so far: an idle loop's count stands still.
  std::uint64_t turns() const noexcept { return turns_; }

 protected:
  friend class connect_operation;
  loop(time_point start, wall_time wall_start, const buffer_pool::settings& memory)
      : now_(start), wall_now_(wall_start), timers_(start), buffers_(memory) {}

  virtual bool begin(connect_operation& wanted) = 0;
  virtual void abandon(connect_operation& wanted, const failure& why) noexcept = 0;

  // Resumes what is ready, once through: what becomes ready meanwhile waits for the next call, so
  // that a turn ends.
  void resume_ready();
  bool anything_ready() const noexcept { return !ready_.empty(); }
  void renew_inline() noexcept { inline_left_ = inline_max; }

  time_point now_;
  wall_time wall_now_;
  std::uint64_t turns_ = 0;

 private:
  static constexpr unsigned inline_max = 64;

  timer_wheel timers_;
  buffer_pool buffers_;
  unsigned inline_left_ = inline_max;
  list<operation, in_wait> ready_;
};

inline bool connect_operation::begin() { return on_.begin(*this); }
inline void connect_operation::cancel(const failure& why) noexcept { on_.abandon(*this, why); }

inline void operation::make_ready() noexcept {
  disarm_patience();  // it ended in time, whatever the clock says before the coroutine runs
  scope_.on().add_ready(*this);
}

}  // namespace ferroway::io
