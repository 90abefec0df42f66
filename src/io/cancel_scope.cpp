#include "io/cancel_scope.hpp"

#include <cassert>

#include "io/loop.hpp"

namespace ferroway::io {

cancel_scope::cancel_scope(loop& on) : timer(on.timers()), loop_(on) {}

cancel_scope::cancel_scope(cancel_scope& parent)
    : timer(parent.loop_.timers()), loop_(parent.loop_), parent_(&parent) {
  parent.children_.push_back(*this);
  if (parent.cancelled_) {
    cancelled_ = true;
    set_why(parent.why());
  }
}

cancel_scope::~cancel_scope() { assert(waiting_.empty() && children_.empty()); }

void cancel_scope::cancel(const failure& why) {
  if (cancelled_) return;
  cancelled_ = true;
  set_why(why);
  disarm();
  // What is cancelled only becomes ready; nothing runs, and nothing is added, while these lists are
  // walked.
  while (!waiting_.empty()) waiting_.pop_front().cancel(why);
  list<cancel_scope, in_parent> walked;
  walked.splice(children_);
  while (!walked.empty()) {
    cancel_scope& child = walked.pop_front();
    children_.push_back(child);
    child.cancel(why);
  }
}

void cancel_scope::set_why(const failure& why) noexcept {
  kind_ = why.kind;
  from_ = why.from;
  retry_safe_ = why.retry_safe;
  detail_ = why.detail;
}

void cancel_scope::reset() noexcept {
  cancelled_ = parent_ != nullptr && parent_->cancelled_;
  if (cancelled_) set_why(parent_->why());
  disarm();
}

void cancel_scope::expire_at(time_point deadline, side blamed, const char* detail) {
  if (cancelled_) return;
  set_why({fault::timed_out, blamed, false, detail});
  arm(deadline);
}

void cancel_scope::expire_in(duration after, side blamed, const char* detail) {
  expire_at(deadline_after(loop_.now(), after), blamed, detail);
}

void cancel_scope::expired() { cancel(why()); }

}  // namespace ferroway::io
