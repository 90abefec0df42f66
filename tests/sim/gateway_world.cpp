#include "sim/gateway_world.hpp"

#include <stdexcept>
#include <utility>

namespace ferroway::sim {

gateway_world::gateway_world(const io::simulated_settings& settings, const std::string& yaml,
                             unsigned workers, const buffer_pool::settings& memory)
    : serving_(yaml, workers), world_(settings) {
  backends_ = world_.make_loop();
  clients_ = world_.make_loop();
  for (unsigned i = 0; i < workers; ++i) {
    loops_.push_back(world_.make_loop(memory));
    workers_.push_back(
        std::make_unique<server::worker>(*loops_.back(), i, serving_.get(), settings.seed + i));
    for (std::size_t at = 0; at < serving_.get()->listeners.size(); ++at) {
      auto socket = loops_.back()->listen(serving_.get()->listeners[at].address, {});
      if (!socket) throw std::runtime_error("cannot listen in the simulated world");
      workers_.back()->listen(std::move(*socket), at);
    }
  }
}

gateway_world::~gateway_world() {
  close();
  clients_.reset();
  backends_.reset();
}

bool gateway_world::drain(duration timeout, duration within) {
  if (std::exchange(drain_begun_, true)) return true;
  std::size_t drained = 0;
  for (auto& item : workers_) {
    item->loop().post(
        [&item, &drained, timeout] { item->drain(timeout, [&drained] { ++drained; }); });
  }
  return world_.run_until([&] { return drained == workers_.size(); }, world_.now() + within);
}

std::size_t gateway_world::buffers_lent() const {
  std::size_t bytes = 0;
  for (const auto& item : loops_) bytes += item->buffers().bytes_lent();
  return bytes;
}

void gateway_world::close() {
  workers_.clear();
  world_.run_for(std::chrono::seconds(1));
  loops_.clear();
}

}  // namespace ferroway::sim
