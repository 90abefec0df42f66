// Fetches the key sets that `jwt` middlewares check tokens with (middleware/jwt/key_source.hpp):
// when one begins to serve, by time, and when a worker has met a key that it does not know. A set
// that cannot be had leaves the one before it in use. Lives on the control thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "base/task.hpp"
#include "io/loop.hpp"
#include "middleware/jwt/key_source.hpp"
#include "server/snapshot.hpp"
#include "telemetry/metrics.hpp"

namespace ferroway::server {

class key_fetcher {
 public:
  key_fetcher(io::loop& control, telemetry::metrics& counted, std::uint64_t seed);
  key_fetcher(const key_fetcher&) = delete;
  key_fetcher& operator=(const key_fetcher&) = delete;
  ~key_fetcher();

  // From now on the sets of this snapshot; those that it has taken over go on as they were.
  void follow(const snapshot& now);
  // No more; `done` is called when nothing is under way.
  void end(std::move_only_function<void()> done);

 private:
  struct following;

  void begin(const std::shared_ptr<key_source>& source);
  void give_up(following& which);
  void wake(const key_source* source);
  task<> keep_fresh(following& which);
  task<bool> fetch(following& which);
  duration pause_after(following& which, bool fine);
  void sweep();

  io::loop& control_;
  telemetry::metrics& counted_;
  random_source random_;
  std::vector<std::unique_ptr<following>> all_;
  std::move_only_function<void()> done_;
};

}  // namespace ferroway::server
