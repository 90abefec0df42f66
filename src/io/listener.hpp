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
  virtual bool begin(accept_operation& wanted) = 0;
  virtual void abandon(accept_operation& wanted, const failure& why) noexcept = 0;
};

inline bool accept_operation::begin() { return on_.begin(*this); }
inline void accept_operation::cancel(const failure& why) noexcept { on_.abandon(*this, why); }

}  // namespace ferroway::io
