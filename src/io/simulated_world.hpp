// A world for the simulated backend: a virtual clock, an in-memory network, and seeded randomness.
// Several loops can be made from one world; all run in the caller's thread, and the same seed gives
// the same run.
//
// Time stands still while anything can be done and then jumps to the next arrival or timer. The
// world outlives its loops, they outlive their sockets. For tests: nothing here is fast.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "io/address.hpp"

namespace ferroway::io {

class connect_operation;
class loop;
class simulated_listener;
class simulated_loop;
class simulated_stream;
struct simulated_link;

// What goes wrong, in percent: of connects for the first two, of accepts for the third, of
// connections for the rest (each of whose directions draws its own lot).
struct simulated_faults {
  unsigned refuse = 0;
  unsigned connect_hangs = 0;
  unsigned accept_fails = 0;  // with fault::out_of_descriptors; the connection stays in the queue
  unsigned reset = 0;         // both sides see a reset in mid-stream
  unsigned end_early = 0;     // the reader sees a clean end; what is sent afterwards is lost
  unsigned hang = 0;          // nothing more arrives
  std::size_t after_bytes_max =
      64 * 1024;  // the last three strike after a random number of bytes below this
};

struct simulated_settings {
  std::uint64_t seed = 1;
  wall_time wall_start = wall_time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));
  std::size_t window_bytes = 64 * 1024;  // sent and not yet received, each way
  duration delay_min{};                  // from send to arrival, uniform between the two
  duration delay_max{};
  unsigned split_percent = 0;  // of receives that get only a part of what has arrived
  simulated_faults faults{};
};

class simulated_world {
 public:
  explicit simulated_world(const simulated_settings& settings = {});
  simulated_world(const simulated_world&) = delete;
  simulated_world& operator=(const simulated_world&) = delete;
  ~simulated_world();

  // `from` is the address that its connections come from.
  std::unique_ptr<loop> make_loop(const buffer_pool::settings& memory = {});
  std::unique_ptr<loop> make_loop(const buffer_pool::settings& memory, const ip_address& from);

  time_point now() const noexcept { return now_; }
  wall_time wall_now() const noexcept { return settings_.wall_start + (now_ - start()); }
  static time_point start() noexcept;
  random_source& random() noexcept { return random_; }

  // One round: what has arrived is delivered and each loop that has something to do turns once, or
  // else time moves to the next event, but not past `until`. False when there is none by then.
  bool step(time_point until = never);
  // Steps until `condition` holds. False when the deadline came first, or nothing can happen any
  // more.
  bool run_until(const std::function<bool()>& condition, time_point deadline = never);
  // Lets `length` pass.
  void run_for(duration length);

  // Of connections made from now on; to one listening address, or to all that have none of their
  // own.
  void set_faults(const simulated_faults& faults) { settings_.faults = faults; }
  void set_faults(const address& to, const simulated_faults& faults);

  // Endpoint loss. `refused`: its connections are reset and new ones refused, as when a process
  // dies. `silent`: nothing moves any more and connects hang, as when a machine or its network
  // does.
  enum class loss : std::uint8_t { refused, silent };
  void take_down(const address& at, loss how = loss::refused);
  // New connections work again; those that hung stay lost.
  void bring_up(const address& at);

  // Streams that exist, also those not yet accepted: none may be left at the end.
  std::size_t open_streams() const noexcept { return open_streams_; }

 private:
  friend class simulated_listener;
  friend class simulated_loop;
  friend class simulated_stream;
  using action = std::move_only_function<void()>;

  void at(time_point when, action what);
  time_point arrival() noexcept;
  time_point next_time() const noexcept;
  void run_due();

  void begin_connect(simulated_loop& from, connect_operation& wanted);
  void abandon_connect(connect_operation& wanted) noexcept;
  void finish_connect(simulated_loop& from, std::uint64_t number);
  simulated_listener* pick_listener(const address& to) noexcept;
  std::unique_ptr<simulated_stream> make_connection(simulated_loop& from,
                                                    simulated_listener& listener);
  const simulated_faults& faults_of(const address& to) const noexcept;
  void remember(const std::shared_ptr<simulated_link>& link);

  simulated_settings settings_;
  random_source random_;
  time_point now_ = start();
  std::multimap<time_point, action> events_;
  std::vector<simulated_loop*> loops_;

  std::multimap<std::string, simulated_listener*> listeners_;  // by address::text
  std::map<std::string, simulated_faults> faults_;
  std::map<std::string, loss> down_;
  std::map<std::uint64_t, connect_operation*> connects_;  // those under way
  std::vector<std::weak_ptr<simulated_link>> links_;
  std::uint64_t next_connect_ = 1;
  std::uint16_t next_port_ = 0;
  std::size_t open_streams_ = 0;
};

}  // namespace ferroway::io
