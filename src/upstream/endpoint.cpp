#include "upstream/endpoint.hpp"

#include <utility>

namespace ferroway::upstream {

std::string text_of(const config::endpoint& from) {
  if (!from.is_name()) return from.address.text();
  return from.port == 0 ? from.name : from.name + ":" + std::to_string(from.port);
}

endpoint::endpoint(const config::endpoint& from, const pool_settings& pools, std::uint32_t workers,
                   std::shared_ptr<endpoint_group> group)
    : address(from.address),
      other(from.other),
      authority(from.authority),
      text(text_of(from)),
      health(std::move(group), text),
      pools_(pools),
      stats_(std::make_shared<telemetry::endpoint_stats>(text, workers)),
      pools_of_(workers) {
  health.show_in(stats_);
}

connection_pool& endpoint::pool(worker_resources& worker) {
  std::unique_ptr<connection_pool>& mine = pools_of_[worker.index].part;
  if (!mine) mine = std::make_unique<connection_pool>(worker.loop, pools_, &worker.random);
  return *mine;
}

void endpoint::count_in(const std::shared_ptr<telemetry::endpoint_stats>& stats) {
  if (std::exchange(counted_, true)) return;
  stats_ = stats;
  health.show_in(stats);
}

}  // namespace ferroway::upstream
