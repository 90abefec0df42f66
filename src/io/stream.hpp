// A byte stream: a TCP or unix connection, or a simulated one. Owned by one coroutine family on one
// loop; destroying it closes the socket (no operation may be pending then). At most one receive and
// one send may be pending at a time.
//
// Failures carry fault::reset, end_of_stream, timed_out (a scope's) and so on, with side::local;
// whoever knows which peer this is names the side.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/buffer.hpp"
#include "io/address.hpp"
#include "io/gather.hpp"
#include "io/operation.hpp"

namespace ferroway::io {

class stream;

class receive_operation final : public operation_of<buffer> {
 public:
  receive_operation(stream& from, std::size_t room, buffer_need need, cancel_scope& scope,
                    const patience& limit) noexcept
      : operation_of(scope, limit),
        from_(from),
        room_(static_cast<std::uint32_t>(room)),
        need_(need) {}
  std::size_t room() const noexcept { return room_; }
  buffer_need need() const noexcept { return need_; }
  void cancel(const failure& why) noexcept override;

 private:
  bool begin() override;
  stream& from_;
  std::uint32_t room_;
  buffer_need need_;
};

class send_operation final : public operation_of<void> {
 public:
  send_operation(stream& to, gather&& what, cancel_scope& scope, const patience& limit) noexcept
      : operation_of(scope, limit), to_(to), what_(std::move(what)) {}
  gather& what() noexcept { return what_; }
  void cancel(const failure& why) noexcept override;

 private:
  bool begin() override;
  stream& to_;
  gather what_;
};

class flush_operation final : public operation_of<void> {
 public:
  flush_operation(stream& of, cancel_scope& scope) noexcept : operation_of(scope), of_(of) {}
  void cancel(const failure& why) noexcept override;

 private:
  bool begin() override;
  stream& of_;
};

// Told of what the peer does while nobody receives: how an idle pooled connection learns that it is
// stale, and a waiting exchange that its client is gone. Called from the loop's turn; must not
// resume coroutines or destroy the stream synchronously (cancel a scope, or note it, instead).
class peer_watcher {
 public:
  enum class event : std::uint8_t { bytes, end_of_stream, reset };
  virtual void peer_did(event what) noexcept = 0;

 protected:
  ~peer_watcher() = default;
};

class stream {
 public:
  stream() = default;
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  virtual ~stream() = default;

  // Owned bytes, at least one; an empty buffer is the end of the stream (the peer shut its side
  // down). For a head: a small buffer, which comes back at once.
  receive_operation receive_head(cancel_scope& scope, const patience& limit = {}) {
    return {*this, buffer_pool::small_bytes, buffer_need::head, scope, limit};
  }
  // For anything else. `room` is the size of the buffer to fill: buffer_pool::small_bytes, or
  // large_bytes for what is known to be long.
  receive_operation receive(cancel_scope& scope, const patience& limit = {},
                            std::size_t room = buffer_pool::small_bytes) {
    return {*this, room, buffer_need::body, scope, limit};
  }
  // Accepts all of `what` or fails; suspends only on backpressure. A failure of bytes that were
  // accepted shows at the next operation or at flush.
  send_operation send(gather&& what, cancel_scope& scope, const patience& limit = {}) {
    return {*this, std::move(what), scope, limit};
  }
  // All that was accepted has left for the kernel, or why not.
  flush_operation flush(cancel_scope& scope) { return {*this, scope}; }

  // No more bytes from us (FIN after what was accepted).
  virtual void shutdown_write() noexcept = 0;
  // Destroying the stream will tear the connection down (RST), so that the peer cannot take it for
  // a clean end.
  virtual void reset_on_close() noexcept = 0;

  virtual const address& peer() const noexcept = 0;
  virtual address local() const noexcept = 0;  // asks the kernel, each time

  // True when, as far as is known without asking anybody who may block, nothing has arrived and the
  // peer is there. Asks the kernel (one system call on sockets).
  virtual bool quiet() noexcept = 0;

  // Bytes or an end may be waiting, as far as has been told. Asks nobody.
  virtual bool maybe_unread() const noexcept = 0;

  // nullptr ends the watch. Told of bytes and end_of_stream only while no receive is pending; of
  // reset always.
  void watch(peer_watcher* watcher) noexcept {
    watcher_ = watcher;
    watch_changed();
  }

 protected:
  friend class receive_operation;
  friend class send_operation;
  friend class flush_operation;
  virtual bool begin(receive_operation& wanted) = 0;
  virtual bool begin(send_operation& wanted) = 0;
  virtual bool begin(flush_operation& wanted) = 0;
  virtual void abandon(receive_operation& wanted, const failure& why) noexcept = 0;
  virtual void abandon(send_operation& wanted, const failure& why) noexcept = 0;
  virtual void abandon(flush_operation& wanted, const failure& why) noexcept = 0;
  // What has already happened when a watch begins is told at the next turn.
  virtual void watch_changed() noexcept = 0;

  peer_watcher* watcher_ = nullptr;
};

inline bool receive_operation::begin() { return from_.begin(*this); }
inline void receive_operation::cancel(const failure& why) noexcept { from_.abandon(*this, why); }
inline bool send_operation::begin() { return to_.begin(*this); }
inline void send_operation::cancel(const failure& why) noexcept { to_.abandon(*this, why); }
inline bool flush_operation::begin() { return of_.begin(*this); }
inline void flush_operation::cancel(const failure& why) noexcept { of_.abandon(*this, why); }

}  // namespace ferroway::io
