// A socket that accepts. Each worker has its own (SO_REUSEPORT) on TCP; unix sockets are shared
// between workers. Destroying it closes it (no accept may be pending then).
#pragma once

#include <memory>

#include "io/address.hpp"
#include "io/operation.hpp"
#include "io/stream.hpp"

namespace ferroway::io {

class listener;

class accept_operation final : public operation_of<std::unique_ptr<stream>> {
 public:
  accept_operation(listener& on, cancel_scope& scope) noexcept : operation_of(scope), on_(on) {}
  void cancel(const failure& why) noexcept override;

  // A connection that the kernel has accepted already is given even under a cancelled scope: nobody
  // else would serve it.
  bool await_ready();

 private:
  bool begin() override;
  listener& on_;
};

class listener {
 public:
  listener() = default;
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  virtual ~listener() = default;

  // fault::out_of_descriptors when the process or system has none left: pause, then accept again.
  accept_operation accept(cancel_scope& scope) { return {*this, scope}; }

  // The address it is bound to: the real port where 0 was asked for.
  virtual const address& bound() const noexcept = 0;

 protected:
  friend class accept_operation;
  // Completes `wanted` with what the backend has accepted ahead.
  virtual bool take_accepted(accept_operation&) { return false; }
  virtual bool begin(accept_operation& wanted) = 0;
  virtual void abandon(accept_operation& wanted, const failure& why) noexcept = 0;
};

inline bool accept_operation::await_ready() {
  return on_.take_accepted(*this) || operation_of::await_ready();
}
inline bool accept_operation::begin() { return on_.begin(*this); }
inline void accept_operation::cancel(const failure& why) noexcept { on_.abandon(*this, why); }

}  // namespace ferroway::io
