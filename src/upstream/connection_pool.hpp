// The idle connections of one worker to one endpoint. The one used last is taken first, so that
// those not needed grow old and are closed; one that its peer closes, or sends unasked bytes on,
// leaves at once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/list.hpp"
#include "io/loop.hpp"
#include "upstream/connection.hpp"

namespace ferroway::upstream {

struct pool_settings {
  std::size_t idle_max = 256;
  duration idle_timeout = std::chrono::seconds(60);
  bool operator==(const pool_settings&) const = default;
};

class connection_pool final : private io::timer {
 public:
  connection_pool(io::loop& loop, const pool_settings& settings)
      : timer(loop.timers()), loop_(loop), settings_(settings) {}
  ~connection_pool() { close_idle(); }

  // An idle connection, or null. With `ask_kernel` one system call makes sure that nothing is known
  // against it: for requests that cannot be repeated.
  lease take(bool ask_kernel);
  // A new connection that `stream` has made.
  lease adopt(std::unique_ptr<io::stream> stream);
  // Keeps it for the next exchange where it may be used again; closes it otherwise.
  void give_back(lease returned);
  void close_idle() noexcept;

  std::size_t idle() const noexcept { return idle_count_; }

 private:
  friend class connection;
  void went_stale(connection& which) noexcept;
  void expired() override;
  lease unlink(connection& which) noexcept;

  io::loop& loop_;
  pool_settings settings_;
  list<connection, in_pool> idle_;   // newest first
  list<connection, in_pool> stale_;  // to be closed at the timer's next turn
  std::size_t idle_count_ = 0;
};

}  // namespace ferroway::upstream
