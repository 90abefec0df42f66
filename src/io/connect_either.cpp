#include "io/connect_either.hpp"

#include <utility>

#include "base/spawn.hpp"

namespace ferroway::io {
namespace {

constexpr failure lost{fault::cancelled, side::local, false, "the other way was faster"};
constexpr failure go{fault::cancelled, side::local, false, "the first way has failed"};

// Two attempts under one scope; each may end the other.
struct race {
  race(loop& by, cancel_scope& parent)
      : on(by), first_try(parent), second_try(parent), wait(second_try) {}
  loop& on;
  cancel_scope first_try;
  cancel_scope second_try;
  cancel_scope wait;  // before the second
  result<std::unique_ptr<stream>> second = fail(lost);
};

task<> try_second(race& in, const address& to) {
  (void)co_await in.on.sleep_for(second_way_after, in.wait);
  in.second = co_await in.on.connect(to, in.second_try);
  if (in.second) in.first_try.cancel(lost);
}

}  // namespace

task<result<std::unique_ptr<stream>>> connect_either(loop& on, const address& first,
                                                     const address& second, cancel_scope& scope) {
  if (second.is() == address::kind::none) co_return co_await on.connect(first, scope);
  race both(on, scope);
  companion beside;
  beside.start(try_second(both, second));
  result<std::unique_ptr<stream>> made = co_await on.connect(first, both.first_try);
  if (made) {
    both.second_try.cancel(lost);
  } else {
    both.wait.cancel(go);
  }
  co_await beside.join();
  if (!made && both.second) co_return std::move(both.second);
  co_return made;
}

}  // namespace ferroway::io
