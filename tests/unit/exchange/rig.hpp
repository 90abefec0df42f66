// An exchange on a simulated loop, for tests of what works on exchanges.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/spawn.hpp"
#include "base/text.hpp"
#include "exchange/exchange.hpp"
#include "exchange/pipeline.hpp"
#include "exchange/route.hpp"
#include "io/loop.hpp"
#include "io/simulated_world.hpp"

namespace ferroway {

// Ends every pipeline of these tests with 200, or with what it is given.
class fixed_end final : public handler {
 public:
  explicit fixed_end(std::optional<failure> why = std::nullopt) : why_(why) {}
  task<result<response>> handle(exchange& ex) override {
    if (why_) co_return fail(*why_);
    response reply;
    reply.head = ex.memory.make<http::response_head>();
    reply.head->status = 200;
    reply.body.length = 0;
    co_return reply;
  }

 private:
  std::optional<failure> why_;
};

// A world with one loop, and exchanges in it.
struct exchange_rig {
  explicit exchange_rig(std::uint64_t seed = 1)
      : loop(world.make_loop()),
        resources{*loop, 0, random_source(seed)},
        connection(*loop),
        ex_(std::in_place, resources, connection) {
    from("192.0.2.7:40000");
    matched.name = "orders";
    ex().matched = &matched;
    ex().request.method_text = "GET";
    ex().request.verb = http::method::get;
  }

  exchange& ex() { return *ex_; }
  // The next exchange of the same connection.
  void renew() { ex_.emplace(resources, connection); }

  // The connection's other end.
  void from(std::string_view address) {
    peer = *io::address::parse(address);
    ex().peer = &peer;
    if (peer.is_ip()) ex().client = peer.ip();
    ex().client_text = peer.is_ip() ? ex().memory.copy(peer.ip().text()) : std::string_view{};
  }

  void field(std::string_view name, std::string_view value) {
    ex().request.fields.add(ex().memory, name, value);
  }

  result<response> run(const std::vector<std::shared_ptr<middleware>>& steps,
                       std::optional<failure> why = std::nullopt) {
    // Exchanges point into their middlewares, which live as long as a snapshot.
    kept_.insert(kept_.end(), steps.begin(), steps.end());
    const pipeline whole(steps, std::make_shared<fixed_end>(why));
    return finish(whole.run(ex()));
  }

  // Lets time pass, and the loop see that it has.
  void pass(duration length) {
    world.run_for(length);
    bool turned = false;
    loop->post([&turned] { turned = true; });
    world.run_until([&] { return turned; });
  }

  // What `work` comes to.
  template <class T>
  T finish(task<T> work) {
    std::optional<T> outcome;
    spawn(keep(std::move(work), outcome));
    world.run_until([&] { return outcome.has_value(); });
    return std::move(*outcome);
  }

  result<response> finish(edited_answer work) { return finish(await(std::move(work))); }

  io::simulated_world world;
  std::unique_ptr<io::loop> loop;
  worker_resources resources;
  io::cancel_scope connection;
  io::address peer;
  route matched{"", pipeline({}, nullptr), {}, true};

 private:
  static task<result<response>> await(edited_answer work) { co_return co_await std::move(work); }
  template <class T>
  static task<> keep(task<T> work, std::optional<T>& into) {
    into.emplace(co_await std::move(work));
  }
  std::vector<std::shared_ptr<middleware>> kept_;
  std::optional<exchange> ex_;
};

// All values of a name, joined by '|'.
inline std::string all_of(const http::field_list& fields, std::string_view name) {
  std::string all;
  for (const http::field& item : fields) {
    if (!equals_ignoring_case(item.name(), name)) continue;
    if (!all.empty()) all += '|';
    all += item.value();
  }
  return all;
}

}  // namespace ferroway
