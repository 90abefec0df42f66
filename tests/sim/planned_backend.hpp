// A backend that does with each request what its plan says, and notes what it sees.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "sim/backend_listener.hpp"
#include "sim/exchange_plan.hpp"
#include "sim/seen_exchange.hpp"

namespace ferroway::sim {

class planned_backend {
 public:
  // `plans` and `seen` stay until it has stopped.
  planned_backend(io::loop& loop, const io::address& at, const io::listen_options& options,
                  const std::vector<client_plan>& plans, seen_by_token& seen);
  const io::address& bound() const { return listener_.bound(); }
  // `gone` is called when its last connection has ended.
  void stop(std::function<void()> gone) { listener_.stop(std::move(gone)); }

 private:
  task<> serve(std::unique_ptr<io::stream> stream, io::cancel_scope& scope);

  io::loop& loop_;
  std::map<std::uint64_t, const planned_exchange*> by_token_;
  seen_by_token& seen_;
  backend_listener listener_;
};

}  // namespace ferroway::sim
