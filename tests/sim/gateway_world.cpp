#include "sim/gateway_world.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ferroway::sim {

gateway_world::gateway_world(const io::simulated_settings& settings, const std::string& yaml,
                             unsigned workers, const buffer_pool::settings& memory)
    : serving_(yaml, workers), world_(settings) {
  backends_ = world_.make_loop();
  clients_ = world_.make_loop();
  control_ = world_.make_loop();
  prober_ = std::make_unique<upstream::prober>(*control_, settings.seed);
  prober_->follow(serving_.get()->upstreams);
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
  names_ = std::make_shared<made_up_names>(*control_);
  std::vector<io::loop*> loops;
  for (const auto& each : loops_) loops.push_back(each.get());
  follower_ = std::make_unique<server::name_follower>(
      *control_, std::move(loops), [this](const config::dns&) { return names_; }, serving_.counted,
      settings.seed);
  follower_->on_change([this] { prober_->follow(serving_.get()->upstreams); });
  follower_->follow(*serving_.get(), serving_.from());
}

gateway_world::~gateway_world() {
  close();
  clients_.reset();
  backends_.reset();
}

void gateway_world::reload(const std::string& yaml) {
  const std::shared_ptr<const server::snapshot> before = serving_.get();
  serving_.replace(yaml, static_cast<unsigned>(workers_.size()), world_.now(), follower_->known());
  prober_->follow(serving_.get()->upstreams);
  const auto& now = serving_.get()->listeners;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    std::vector<server::listening_socket> sockets;
    for (std::size_t at = 0; at < now.size(); ++at) {
      const auto same = [&](const auto& each) { return each.address == now[at].address; };
      if (std::ranges::any_of(before->listeners, same)) continue;
      auto socket = loops_[i]->listen(now[at].address, {});
      if (!socket) throw std::runtime_error("cannot listen in the simulated world");
      sockets.push_back(
          {std::move(*socket), at, std::make_shared<const io::address>(now[at].address)});
    }
    loops_[i]->post(
        [to = workers_[i].get(), next = serving_.get(), opened = std::move(sockets)]() mutable {
          to->swap(std::move(next), std::move(opened));
        });
  }
  follower_->follow(*serving_.get(), serving_.from());
}

bool gateway_world::drain(duration timeout, duration within) {
  if (!std::exchange(drain_begun_, true)) {
    for (auto& item : workers_) {
      item->loop().post([&item, this, timeout] { item->drain(timeout, [this] { ++drained_; }); });
    }
  }
  return world_.run_until([&] { return drained_ == workers_.size(); }, world_.now() + within);
}

std::size_t gateway_world::buffers_lent() const {
  std::size_t bytes = 0;
  for (const auto& item : loops_) bytes += item->buffers().bytes_lent();
  return bytes;
}

void gateway_world::close() {
  if (follower_) {
    bool ended = false;
    follower_->end([&ended] { ended = true; });
    world_.run_until([&ended] { return ended; });
    follower_.reset();
  }
  if (prober_) {
    bool stopped = false;
    prober_->stop([&stopped] { stopped = true; });
    world_.run_until([&stopped] { return stopped; });
    prober_.reset();
  }
  workers_.clear();
  world_.run_for(std::chrono::seconds(1));
  loops_.clear();
}

}  // namespace ferroway::sim
