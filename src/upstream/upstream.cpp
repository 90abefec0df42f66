#include "upstream/upstream.hpp"

namespace ferroway::upstream {

worker_part::worker_part(worker_resources& worker, std::size_t endpoints,
                         const pool_settings& pools)
    : next_(endpoints == 0 ? 0 : worker.random.below(endpoints)) {
  pools_.reserve(endpoints);
  for (std::size_t i = 0; i < endpoints; ++i) {
    pools_.push_back(std::make_unique<connection_pool>(worker.loop, pools));
  }
}

std::size_t worker_part::next_endpoint() noexcept {
  const std::size_t chosen = next_;
  next_ = next_ + 1 == pools_.size() ? 0 : next_ + 1;
  return chosen;
}

upstream::upstream(const config::upstream& from, std::uint32_t workers)
    : name_(from.name),
      host_(from.host),
      host_name_(from.host_name),
      connect_timeout_(from.connect_timeout),
      pools_{from.idle_connections, from.idle_timeout},
      parts_(workers) {
  for (const config::endpoint& item : from.endpoints) {
    endpoints_.push_back({item.address, item.authority, item.address.text()});
  }
}

worker_part& upstream::part(worker_resources& worker) {
  std::unique_ptr<worker_part>& mine = parts_[worker.index];
  if (!mine) [[unlikely]]
    mine = std::make_unique<worker_part>(worker, endpoints_.size(), pools_);
  return *mine;
}

}  // namespace ferroway::upstream
