// The whole gateway on the simulated backend: workers, backends and clients in one thread, under
// one seed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/loop.hpp"
#include "io/simulated_world.hpp"
#include "server/name_follower.hpp"
#include "server/worker.hpp"
#include "sim/made_up_names.hpp"
#include "sim/quiet_snapshot.hpp"
#include "upstream/health_check/prober.hpp"

namespace ferroway::sim {

inline io::address address_of(std::string_view text) { return *io::address::parse(text); }

class gateway_world {
 public:
  // `yaml` is the gateway's configuration; its listeners are made on every worker.
  gateway_world(const io::simulated_settings& settings, const std::string& yaml,
                unsigned workers = 1, const buffer_pool::settings& memory = {});
  ~gateway_world();

  io::simulated_world& world() noexcept { return world_; }
  // A loop for backends, and one for clients.
  io::loop& backends() noexcept { return *backends_; }
  io::loop& clients() noexcept { return *clients_; }
  server::worker& worker(std::size_t index) { return *workers_[index]; }
  // What names of endpoints stand for.
  made_up_names& names() noexcept { return *names_; }

  // Serves by another configuration from the workers' next turn on, as a reload does.
  void reload(const std::string& yaml);
  const std::shared_ptr<const server::snapshot>& serving() const noexcept { return serving_.get(); }

  const telemetry::metrics& counted() const noexcept { return serving_.counted; }

  // Drains all workers and runs the world until they are empty; false if they do not get there in
  // `within`.
  bool drain(duration timeout, duration within);
  // After a drain, before destruction: buffers that the gateway still holds.
  std::size_t buffers_lent() const;
  // Lets go of the workers (their pools close); what is still open afterwards has leaked.
  void close();

 private:
  quiet_snapshot serving_;
  io::simulated_world world_;
  std::unique_ptr<io::loop> backends_;
  std::unique_ptr<io::loop> clients_;
  std::unique_ptr<io::loop> control_;
  std::shared_ptr<made_up_names> names_;
  std::unique_ptr<upstream::prober> prober_;
  std::unique_ptr<server::name_follower> follower_;
  std::vector<std::unique_ptr<io::loop>> loops_;
  std::vector<std::unique_ptr<server::worker>> workers_;
  bool drain_begun_ = false;
  std::size_t drained_ = 0;
};

}  // namespace ferroway::sim
