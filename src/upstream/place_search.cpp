#include "upstream/place_search.hpp"

namespace ferroway::upstream {
namespace {

constexpr failure no_room{fault::overloaded, side::upstream, false,
                          "as many requests are in flight and wait as the upstream may have"};
constexpr failure waited_in_vain{fault::overloaded, side::upstream, false,
                                 "the upstream had no room in time"};

endpoint_place pick(const place_query& what) {
  worker_part& mine = what.of.part(what.ex.worker);
  const std::size_t picked =
      mine.pick_place(what.ex, *what.of.limits(), what.tried, what.repeatable);
  return {picked, mine.is_on_trial()};
}

// Waits for one of all requests to end, and then for an endpoint that has room.
class place_wait final : public io::slot_table::wait {
 public:
  place_wait(const place_query& what, io::cancel_scope& scope)
      : wait(what.of.limits()->slots(),
             {what.ex.worker.index, request_limits::cell, what.of.limits()->requests()},
             what.ex.worker.loop, what.of.limits()->patience(), waited_in_vain, scope),
        what_(what) {}

  endpoint_place found;

 private:
  // Nobody is an answer too: it is of no use to wait for.
  bool claim() noexcept override {
    found = pick(what_);
    return found.endpoint != worker_part::full;
  }
  // A version of the upstream with other endpoints may have room where this one has none; and who
  // has tried some of them looks for others than everybody else.
  const void* kin() const noexcept override {
    return what_.tried.empty() ? static_cast<const void*>(&what_.of) : this;
  }

  const place_query& what_;
};

}  // namespace

place_found find_place(const place_query& what, endpoint_place& into) {
  const request_limits& by = *what.of.limits();
  const std::uint32_t worker = what.ex.worker.index;
  request_limits::entry got = by.enter();
  if (got == request_limits::entry::admitted) {
    into = pick(what);
    if (into.endpoint == worker_part::nobody) {
      by.leave(worker);
      return place_found::nobody;
    }
    if (into.endpoint != worker_part::full) return place_found::yes;
    got = by.stand_back(worker);
  }
  if (got == request_limits::entry::queued) return place_found::waits;
  what.of.part(what.ex.worker).counted.refused.add();
  return place_found::full;
}

bool find_place_at_once(const place_query& what, endpoint_place& into) {
  const request_limits& by = *what.of.limits();
  if (!by.try_enter()) return false;
  into = pick(what);
  if (into.endpoint < worker_part::full) return true;
  by.leave(what.ex.worker.index);
  return false;
}

failure why_none(place_found what, const upstream& of) noexcept {
  return what == place_found::full ? no_room : nobody(of);
}

task<result<endpoint_place>> wait_for_place(const place_query& what, io::cancel_scope& scope) {
  telemetry::upstream_stats::cell& counted = what.of.part(what.ex.worker).counted;
  counted.queued.add();
  place_wait waiting(what, scope);
  const result<void> waited = co_await waiting;
  counted.dequeued.add();
  if (!waited) {
    if (waited.error().kind == fault::overloaded) counted.waited_in_vain.add();
    co_return fail(waited.error());
  }
  if (waiting.found.endpoint == worker_part::nobody) {
    what.of.limits()->leave(what.ex.worker.index);
    co_return fail(nobody(what.of));
  }
  co_return waiting.found;
}

}  // namespace ferroway::upstream
