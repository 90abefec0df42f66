// Keeps the names of endpoints resolved: asks when a snapshot begins to use one, and again when its
// TTL has passed. A new answer becomes a new version of each upstream that has the name
// (upstream/versions.hpp), which workers pick up between exchanges. What cannot be resolved keeps
// the answer before it, for as long as that takes. Lives on the control thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/task.hpp"
#include "config/config.hpp"
#include "io/loop.hpp"
#include "server/snapshot.hpp"
#include "telemetry/metrics.hpp"
#include "upstream/discovery/look_up.hpp"

namespace ferroway::server {

class name_follower final : private io::timer {
 public:
  using make_resolver =
      std::move_only_function<std::shared_ptr<upstream::resolver>(const config::dns&)>;

  // Workers are told by posting to their loops.
  name_follower(io::loop& control, std::vector<io::loop*> workers, make_resolver make,
                telemetry::metrics& counted, std::uint64_t seed);
  name_follower(const name_follower&) = delete;
  name_follower& operator=(const name_follower&) = delete;
  ~name_follower();

  // From now on the names of this snapshot, which was made from `of`; those that it had before go
  // on as they were.
  void follow(const snapshot& now, const config::config& of);
  // What is known, for the next snapshot to begin with.
  const upstream::name_answers& known() const noexcept { return known_; }
  // Told when the endpoints of an upstream have changed that checks them.
  void on_change(std::move_only_function<void()> tell) { tell_ = std::move(tell); }
  // No more; `done` is called when nothing is under way.
  void end(std::move_only_function<void()> done);

 private:
  struct following;
  using users = std::vector<std::shared_ptr<upstream::upstream>>;

  following& begin(const config::endpoint& name);
  task<> keep_fresh(following& which, duration first_pause);
  task<duration> look_up(following& which);
  duration resolved(following& which, upstream::name_answer answer);
  duration failed(following& which, const failure& why);
  void publish(const std::shared_ptr<upstream::upstream>& to);
  void tell_soon();
  void sweep();
  void expired() override;

  io::loop& control_;
  const std::vector<io::loop*> workers_;
  make_resolver make_;
  telemetry::metrics& counted_;
  random_source random_;
  config::dns by_;
  std::shared_ptr<upstream::resolver> resolver_;  // made with the first name
  std::vector<io::address> own_;                  // that no name may stand for
  upstream::name_answers known_;
  std::map<std::string, std::unique_ptr<following>> names_;
  std::vector<std::unique_ptr<following>> leaving_;
  // Replaced, and perhaps still in use by some exchange.
  std::vector<std::shared_ptr<upstream::upstream>> retired_;
  std::move_only_function<void()> tell_ = [] {};
  bool telling_ = false;
  bool ended_ = false;
  std::move_only_function<void()> done_;
};

}  // namespace ferroway::server
