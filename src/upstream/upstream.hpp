// A named service: its endpoints, and for each worker its own pools and its place in the round.
// Shared by all routes that name it; the part of a worker is touched by that worker alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "exchange/exchange.hpp"
#include "upstream/connection_pool.hpp"
#include "upstream/retry_budget.hpp"

namespace ferroway::upstream {

struct endpoint {
  io::address address;
  std::string authority;  // for Host
  std::string text;       // for logs: "10.0.0.1:8000"
};

// What one worker has of an upstream.
class worker_part {
 public:
  worker_part(worker_resources& worker, std::size_t endpoints, const pool_settings& pools);

  // Round robin; each worker begins elsewhere.
  std::size_t next_endpoint() noexcept;
  connection_pool& pool(std::size_t endpoint) noexcept { return *pools_[endpoint]; }
  std::size_t endpoints() const noexcept { return pools_.size(); }

  retry_budget retries;

 private:
  std::vector<std::unique_ptr<connection_pool>> pools_;
  std::size_t next_;
};

class upstream {
 public:
  upstream(const config::upstream& from, std::uint32_t workers);

  const std::string& name() const noexcept { return name_; }
  const endpoint& at(std::size_t index) const noexcept { return endpoints_[index]; }
  config::host_sent host_sent() const noexcept { return host_; }
  const std::string& host_name() const noexcept { return host_name_; }
  duration connect_timeout() const noexcept { return connect_timeout_; }

  // Made at the worker's first call.
  worker_part& part(worker_resources& worker);
  // Closes what the worker holds. On the worker's thread, before its loop goes.
  void leave(std::uint32_t worker) noexcept { parts_[worker].reset(); }

 private:
  std::string name_;
  std::vector<endpoint> endpoints_;
  config::host_sent host_;
  std::string host_name_;
  duration connect_timeout_;
  pool_settings pools_;
  std::vector<std::unique_ptr<worker_part>> parts_;
};

}  // namespace ferroway::upstream
