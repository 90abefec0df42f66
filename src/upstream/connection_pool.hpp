// The idle connections of one worker to one endpoint. The one used last is taken first, so that
// those not needed grow old and are closed; one that its peer closes, or sends unasked bytes on,
// leaves at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/list.hpp"
#include "base/random.hpp"
#include "io/background.hpp"
#include "io/loop.hpp"
#include "telemetry/traffic.hpp"
#include "upstream/connection.hpp"

namespace ferroway::upstream {

struct pool_settings {
  std::size_t idle_max = 256;
  duration idle_timeout = std::chrono::seconds(60);
  duration lifetime{0};      // of one that is used again; 0: any
  std::size_t warm_min = 0;  // that are there when somebody has asked to warm up
  bool operator==(const pool_settings&) const = default;
};

class connection_pool final : private io::timer {
 public:
  // `random` for ages that differ; null: they do not.
  connection_pool(io::loop& loop, const pool_settings& settings, random_source* random = nullptr)
      : timer(loop.timers()), loop_(loop), settings_(settings), random_(random) {}
  ~connection_pool();

  // An idle connection, or null. With `ask_kernel` one system call makes sure that nothing is known
  // against it: for requests that cannot be repeated.
  lease take(bool ask_kernel);
  // A new connection that `stream` has made.
  lease adopt(std::unique_ptr<io::stream> stream);
  // Keeps it for the next exchange where it may be used again; closes it otherwise.
  void give_back(lease returned);
  void close_idle() noexcept;

  // Makes as many connections as lack to `warm_min`, beside what else goes on. One that fails is
  // not made again. `counted` counts them, on this worker.
  struct ways {
    io::address first;
    io::address other;
    duration within;
    std::uint32_t worker;
    std::shared_ptr<telemetry::upstream_stats> counted;
  };
  void warm_up(io::background& beside, const ways& to);

  std::size_t idle() const noexcept { return idle_count_; }

 private:
  friend class connection;
  void went_stale(connection& which) noexcept;
  void expired() override;
  lease unlink(connection& which) noexcept;
  time_point end_of_life();
  bool is_too_old(const connection& which) const noexcept {
    return settings_.lifetime != duration::zero() && which.good_until_ <= loop_.now();
  }
  static task<> make_one(io::background& beside, std::shared_ptr<connection_pool*> home, ways to);

  io::loop& loop_;
  pool_settings settings_;
  list<connection, in_pool> idle_;   // newest first
  list<connection, in_pool> stale_;  // to be closed at the timer's next turn
  std::size_t idle_count_ = 0;
  random_source* random_;
  std::size_t opening_ = 0;                 // by warm_up
  std::shared_ptr<connection_pool*> self_;  // for those; null in it: this is gone
};

}  // namespace ferroway::upstream
