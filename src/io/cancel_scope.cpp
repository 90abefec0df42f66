#include "io/cancel_scope.hpp"

#include <cassert>

#include "io/loop.hpp"

namespace ferroway::io {

cancel_scope::cancel_scope(loop& on) : timer(on.timers()), loop_(on) {}

cancel_scope::cancel_scope(cancel_scope& parent)
    : timer(parent.loop_.timers()), loop_(parent.loop_), parent_(&parent) {
  parent.children_.push_back(*this);
  why_ = parent.why_;
}

cancel_scope::~cancel_scope() { assert(waiting_.empty() && children_.empty()); }

void cancel_scope::cancel(const failure& why) {
  if (why_) return;
  why_ = why;
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

void cancel_scope::reset() noexcept {
  why_ = parent_ == nullptr ? std::nullopt : parent_->why_;
  disarm();
}

void cancel_scope::expire_at(time_point deadline, side blamed, const char* detail) {
  at_deadline_.from = blamed;
  at_deadline_.detail = detail;
  if (!why_) arm(deadline);
}

void cancel_scope::expire_in(duration after, side blamed, const char* detail) {
  expire_at(deadline_after(loop_.now(), after), blamed, detail);
}

void cancel_scope::expired() {
  const failure why = at_deadline_;
  cancel(why);
}

}  // namespace ferroway::io
