// Timers, lazily kept: a hierarchical wheel (Varghese and Lauck 1987) of 1 ms ticks, one per loop.
//
// Moving a timer's deadline further away only stores it; the wheel finds out when the old slot
// comes up and files the timer again. So an idle timeout that every byte pushes ahead costs a
// store, not a queue operation. A timer never fires early, and at most one tick late of its loop's
// clock.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.hpp"
#include "base/list.hpp"

namespace ferroway::io {

class timer_wheel;

class timer : public tagged_node<timer> {
 public:
  explicit timer(timer_wheel& wheel) noexcept : wheel_(wheel) {}
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  // `never` disarms.
  void arm(time_point deadline);
  void disarm() noexcept { deadline_ = never; }
  time_point deadline() const noexcept { return deadline_; }

 protected:
  ~timer();
  // The deadline has passed; the timer is disarmed and may be armed again. Called from the loop's
  // turn: it must not destroy other timers' owners synchronously (resume coroutines through the
  // loop's ready queue).
  virtual void expired() = 0;

 private:
  friend class timer_wheel;
  timer_wheel& wheel_;
  time_point deadline_ = never;
  std::uint64_t filed_tick_ = 0;  // where the wheel has it while linked
  std::uint16_t filed_slot_ = 0;
};

class timer_wheel {
 public:
  static constexpr duration tick = std::chrono::milliseconds(1);

  explicit timer_wheel(time_point start) noexcept : start_(start) {}
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  // Fires all timers whose deadline is at or before `now`, in the order of their ticks.
  void advance(time_point now);

  // When advance() next has something to do, `never` if nothing is filed. May be early (a lazily
  // moved timer).
  time_point next() const noexcept;

 private:
  friend class timer;
  // Six levels of 64 slots: 64^6 ms are two years; what is further away waits in the last level and
  // is filed again.
  static constexpr unsigned levels = 6;
  static constexpr unsigned slot_bits = 6;
  static constexpr unsigned slots = 1U << slot_bits;

  void file(timer& item);
  void unfile(timer& item) noexcept;
  static constexpr std::uint64_t no_tick = ~std::uint64_t{0};

  std::uint64_t tick_of(time_point deadline) const noexcept;  // rounded up
  time_point time_of(std::uint64_t tick_number) const noexcept;
  std::uint64_t next_tick(unsigned level) const noexcept;
  std::uint64_t next_tick() const noexcept;
  void take_slots();

  time_point start_;
  std::uint64_t now_tick_ = 0;
  std::array<std::uint64_t, levels> occupied_{};
  std::array<std::array<list<timer, timer>, slots>, levels> slots_;
};

}  // namespace ferroway::io
