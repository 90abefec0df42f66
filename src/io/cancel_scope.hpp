// How waits end early. Every operation waits under a scope; cancelling the scope (or passing its
// deadline) completes what waits under it, and under its children, with the scope's failure, and
// control flow unwinds from there.
//
// A scope lives on the frame that made it, belongs to one loop, and is destroyed before its parent
// and after its operations. Once cancelled it stays so until `reset`: new operations fail at once.
#pragma once

#include "base/clock.hpp"
#include "base/list.hpp"
#include "base/result.hpp"
#include "io/timer.hpp"

namespace ferroway::io {

class loop;
class cancel_scope;

struct in_wait;  // list tags
struct in_parent;

// What a scope can interrupt. It is on one list at a time: its scope's while it waits, its loop's
// when it is ready. `cancel` is called at most once and must lead, now or later, to the
// operation's end: at once for a local wait, when the kernel's completion comes for one in the
// kernel (whose result wins).
class cancellable : public tagged_node<in_wait> {
 public:
  virtual void cancel(const failure& why) noexcept = 0;

 protected:
  cancellable() = default;
  ~cancellable() = default;
};

class cancel_scope final : public tagged_node<in_parent>, private timer {
 public:
  explicit cancel_scope(loop& on);
  explicit cancel_scope(cancel_scope& parent);  // already cancelled if the parent is
  ~cancel_scope();

  void cancel(const failure& why);
  bool cancelled() const noexcept { return cancelled_; }
  // Only when cancelled.
  failure why() const noexcept { return {kind_, from_, retry_safe_, detail_}; }
  // Makes a cancelled scope usable again, unless its parent is cancelled too, and takes its
  // deadline away.
  void reset() noexcept;

  // At the deadline the scope is cancelled with fault::timed_out, the side and detail given here. A
  // later call replaces an earlier one; pushing the deadline further away costs a store.
  void expire_at(time_point deadline, side blamed = side::local, const char* detail = "");
  void expire_in(duration after, side blamed = side::local, const char* detail = "");
  void no_deadline() noexcept { disarm(); }

  loop& on() const noexcept { return loop_; }

  // For operations: `waiting` is cancelled with the scope until it is unlinked.
  void add(cancellable& waiting) noexcept { waiting_.push_back(waiting); }

 private:
  void expired() override;

  void set_why(const failure& why) noexcept;

  loop& loop_;
  cancel_scope* parent_ = nullptr;
  // The failure of the cancelling; before it, of the deadline that may come. (Not as a `failure`:
  // every connection has a scope, and every exchange three.)
  const char* detail_ = "";
  fault kind_ = fault::timed_out;
  side from_ = side::local;
  bool retry_safe_ = false;
  bool cancelled_ = false;
  list<cancellable, in_wait> waiting_;
  list<cancel_scope, in_parent> children_;
};

}  // namespace ferroway::io
