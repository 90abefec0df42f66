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
  if (of.loads().in_flight) of.at(index).load.began();
}

void endpoint_use::fail_with(const failure& why) {
  finish(is_its_fault(why) ? end::badly : end::undecided, why);
}

void endpoint_use::note_answer(std::uint16_t status) {
  status_ = status;
  const time_point now = ex_->worker.loop.now();
  took_ = now - begun_;
  if (of_->loads().latency) of_->at(index_).load.took(took_, now);
}

void endpoint_use::end_with(std::uint16_t status) {
  note_answer(status);
  finish(end::well, {});
}

void endpoint_use::end_with(const response& reply) {
  note_answer(reply.head->status);
  if (reply.body.rest == nullptr && reply.upgraded == nullptr) return finish(end::well, {});
  // Nobody waits for hours for a trial's outcome; and how a tunnel ends is no answer's affair.
  const bool told = on_trial_ || reply.upgraded != nullptr;
  if (told) tell(reply.upgraded == nullptr ? end::goes_on : end::well, {});
  // Goes on on the exchange's memory, whose end it hears.
  auto* kept =
      static_cast<endpoint_use*>(ex_->memory.allocate(sizeof(endpoint_use), alignof(endpoint_use)));
  new (kept) endpoint_use();
  kept->ex_ = ex_;
  kept->of_ = std::exchange(of_, nullptr);
  kept->index_ = index_;
  kept->took_ = took_;
  kept->status_ = status_;
  kept->at_end_ = told ? end::told : end::well;
  ex_->at_end(reply.upgraded == nullptr ? exchange_ended : tunnel_ended, kept);
}

// An answer that broke off in its middle has failed, whatever its status was. One that the client
// has whole has not, whatever became of the request's body.
void endpoint_use::exchange_ended(exchange& ex, void* with) noexcept {
  auto* kept = static_cast<endpoint_use*>(with);
  const bool broke = !ex.answered_whole && ex.failed && is_its_fault(*ex.failed);
  kept->finish(broke ? end::badly : kept->at_end_, broke ? *ex.failed : failure{});
}

void endpoint_use::tunnel_ended(exchange&, void* with) noexcept {
  static_cast<endpoint_use*>(with)->finish(end::told, {});
}

void endpoint_use::finish(end how, const failure& why) {
  if (how != end::told) tell(how, why);
  upstream& of = *std::exchange(of_, nullptr);
  if (of.loads().in_flight) of.at(index_).load.ended();
}

void endpoint_use::tell(end how, const failure& why) {
  upstream& of = *of_;
  endpoint& at = of.at(index_);
  const io::loop& on = ex_->worker.loop;
  const bool on_trial = std::exchange(on_trial_, false);
  if (!of.made_from().outliers.on) {
    // Ejected by a version of the upstream that still did so.
    if (on_trial) at.health.forgive();
    return;
  }
  if (how == end::undecided) {
    if (on_trial) at.health.trial_undecided(on);
    return;
  }
  request_outcome what{0, why.kind, took_, on_trial};
  if (how == end::well || how == end::goes_on) what.status = status_;
  what.goes_on = how == end::goes_on;
  what.broke_off = how == end::badly && status_ != 0;
  if (how == end::badly) at.stats()->of(ex_->worker.index).failures.add();
  of.outliers().ended(of, at, what, on);
}

}  // namespace ferroway::upstream
