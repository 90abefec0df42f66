#include "upstream/endpoint_use.hpp"

namespace ferroway::upstream {
namespace {

// What says nothing about the endpoint: the client left or failed, or it is we who are at a limit.
bool is_its_fault(const failure& why) noexcept {
  if (why.from != side::upstream) return false;
  switch (why.kind) {
    case fault::refused:
    case fault::unreachable:
    case fault::reset:
    case fault::end_of_stream:
    case fault::timed_out:
    case fault::malformed:
    case fault::head_too_large:
      return true;
    default:
      return false;
  }
}

}  // namespace

void endpoint_use::enter(exchange& ex, upstream& of, std::size_t index, bool on_trial) {
  ex_ = &ex;
  of_ = &of;
  index_ = index;
  begun_ = ex.worker.loop.now();
  status_ = 0;
  on_trial_ = on_trial;
}

// Of a body that still arrives the client decides how long it takes.
bool endpoint_use::knows_time() const noexcept { return ex_->request_body.rest == nullptr; }

void endpoint_use::take_over(endpoint_use& other) {
  // A trial is over all the same: another one would be as slow.
  if (of_ != nullptr && on_trial_) {
    fail_with({fault::timed_out, side::upstream, false, "another endpoint was faster"});
  }
  leave();
  ex_ = other.ex_;
  of_ = std::exchange(other.of_, nullptr);
  index_ = other.index_;
  begun_ = other.begun_;
  on_trial_ = std::exchange(other.on_trial_, false);
  placed_ = std::exchange(other.placed_, false);
}

void endpoint_use::fail_with(const failure& why) {
  // One that has waited in vain has waited at least so long.
  if (placed_ && knows_time() && why.kind == fault::timed_out && why.from == side::upstream) {
    const time_point now = ex_->worker.loop.now();
    of_->limits()->took(of_->at(index_), now - begun_, now);
  }
  finish(is_its_fault(why) ? outcome::badly : outcome::undecided, why);
}

void endpoint_use::note_answer(std::uint16_t status) {
  status_ = status;
  const time_point now = ex_->worker.loop.now();
  took_ = now - begun_;
  if (of_->loads().latency) of_->at(index_).load.took(took_, now);
  if (placed_ && knows_time()) of_->limits()->took(of_->at(index_), took_, now);
}

void endpoint_use::end_with(std::uint16_t status) {
  note_answer(status);
  finish(outcome::well, {});
}

void endpoint_use::end_with(const response& reply) {
  note_answer(reply.head->status);
  const bool is_all = reply.body.rest == nullptr && reply.upgraded == nullptr;
  // Where places are counted, a request that still goes out has its own.
  if (is_all && !(placed_ && ex_->upload.running())) return finish(outcome::well, {});
  // Nobody waits for hours for a trial's outcome; and how a tunnel ends is no answer's affair.
  const bool told = on_trial_ || is_all || reply.upgraded != nullptr;
  if (told) tell(is_all || reply.upgraded != nullptr ? outcome::well : outcome::goes_on, {});
  // Goes on on the exchange's memory, whose end it hears.
  auto* kept =
      static_cast<endpoint_use*>(ex_->memory.allocate(sizeof(endpoint_use), alignof(endpoint_use)));
  new (kept) endpoint_use();
  kept->ex_ = ex_;
  kept->of_ = std::exchange(of_, nullptr);
  kept->index_ = index_;
  kept->took_ = took_;
  kept->status_ = status_;
  kept->placed_ = std::exchange(placed_, false);
  kept->at_end_ = told ? outcome::told : outcome::well;
  ex_->at_end(reply.upgraded == nullptr ? exchange_ended : tunnel_ended, kept);
}

// An answer that broke off in its middle has failed, whatever its status was. One that the client
// has whole has not, whatever became of the request's body.
void endpoint_use::exchange_ended(exchange& ex, void* with) noexcept {
  auto* kept = static_cast<endpoint_use*>(with);
  const bool broke = !ex.answered_whole && ex.failed && is_its_fault(*ex.failed);
  kept->finish(broke ? outcome::badly : kept->at_end_, broke ? *ex.failed : failure{});
}

void endpoint_use::tunnel_ended(exchange&, void* with) noexcept {
  static_cast<endpoint_use*>(with)->finish(outcome::told, {});
}

void endpoint_use::finish(outcome how, const failure& why) {
  if (how != outcome::told) tell(how, why);
  upstream& of = *std::exchange(of_, nullptr);
  if (of.loads().in_flight) of.at(index_).load.ended();
  if (std::exchange(placed_, false)) [[unlikely]] {
    of.part(ex_->worker).counted.ended.add();
    of.limits()->leave(ex_->worker.index);
  }
}

void endpoint_use::tell(outcome how, const failure& why) {
  upstream& of = *of_;
  endpoint& at = of.at(index_);
  const io::loop& on = ex_->worker.loop;
  const bool on_trial = std::exchange(on_trial_, false);
  if (!of.made_from().outliers.on) {
    // Ejected by a version of the upstream that still did so.
    if (on_trial) at.health.forgive();
    return;
  }
  if (how == outcome::undecided) {
    if (on_trial) at.health.trial_undecided(on);
    return;
  }
  request_outcome what{0, why.kind, took_, on_trial};
  if (how == outcome::well || how == outcome::goes_on) what.status = status_;
  what.goes_on = how == outcome::goes_on;
  what.broke_off = how == outcome::badly && status_ != 0;
  if (how == outcome::badly) at.stats()->of(ex_->worker.index).failures.add();
  of.outliers().ended(of, at, what, on);
}

}  // namespace ferroway::upstream
