// One side of a simulated connection. What is between the sides lives in their link: two bounded
// pipes whose pieces become visible when their time of arrival has come.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "io/simulated_loop.hpp"
#include "io/stream.hpp"

namespace ferroway::io {

// One direction.
struct simulated_pipe {
  enum class mishap : std::uint8_t { none, reset, end_early, hang };
  struct segment {
    time_point arrives;
    std::string bytes;
  };

  std::deque<segment> segments;
  std::size_t bytes = 0;  // in `segments`, or swallowed by a hang
  time_point last_arrival{};
  time_point ends = never;  // arrival of the end of the stream
  bool lost = false;        // what is sent now never arrives
  mishap planned = mishap::none;
  std::size_t bytes_until_mishap = 0;
};

struct simulated_link {
  std::array<simulated_pipe, 2> towards;          // the side of that number
  std::array<time_point, 2> reset{never, never};  // when that side sees it
  std::array<simulated_stream*, 2> sides{};       // null once destroyed
  address server;
};

class simulated_stream final : public stream, private simulated_source, private buffer_waiter {
 public:
  simulated_stream(simulated_loop& on, std::shared_ptr<simulated_link> link, unsigned side,
                   address local, address peer);
  ~simulated_stream() override;

  void shutdown_write() noexcept override;
  void reset_on_close() noexcept override { reset_on_close_ = true; }
  const address& peer() const noexcept override { return peer_; }
  address local() const noexcept override { return local_; }
  bool quiet() noexcept override;
  bool maybe_unread() const noexcept override {
    auto& self = const_cast<simulated_stream&>(*this);
    return !self.quiet();
  }

  // Something may have changed on the link.
  void proceed() noexcept override;

 private:
  bool begin(receive_operation& wanted) override;
  bool begin(send_operation& wanted) override;
  bool begin(flush_operation& wanted) override;
  void abandon(receive_operation& wanted, const failure& why) noexcept override;
  void abandon(send_operation& wanted, const failure& why) noexcept override;
  void abandon(flush_operation& wanted, const failure& why) noexcept override;
  void watch_changed() noexcept override;
  void buffer_granted(buffer given) noexcept override;

  simulated_pipe& in() noexcept { return link_->towards[side_]; }
  simulated_pipe& out() noexcept { return link_->towards[1 - side_]; }
  bool waits_for_buffer() const noexcept;
  bool was_reset() const noexcept;
  bool has_ended() noexcept;
  std::size_t arrived() noexcept;
  std::optional<result<buffer>> try_receive(const receive_operation& wanted) noexcept;
  std::optional<result<void>> try_send(send_operation& wanted) noexcept;
  result<void> flushed() const noexcept;
  std::size_t fill(std::span<char> free);
  void put(std::string_view bytes);
  void strike();
  void end_output(bool with_reset) noexcept;
  void reset_side(unsigned side, time_point when);
  void poke(unsigned side, time_point when);
  void tell_watcher() noexcept;

  simulated_loop& loop_;
  std::shared_ptr<simulated_link> link_;
  unsigned side_;
  address local_;
  address peer_;
  receive_operation* receive_ = nullptr;
  send_operation* send_ = nullptr;
  flush_operation* flush_ = nullptr;
  buffer granted_;
  bool reset_on_close_ = false;
  bool output_ended_ = false;
  bool shutdown_wanted_ = false;
  bool send_begun_ = false;
  bool send_cut_short_ = false;
  bool told_bytes_ = false;
  bool told_end_ = false;
  bool told_reset_ = false;
};

}  // namespace ferroway::io
