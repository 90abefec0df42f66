// Where access-log lines go: from any thread to an output, without ever making that thread wait.
//
// Each producing thread has a bounded ring of its own, made at its first line; one writer thread
// drains them. A full ring drops the line and counts it, and the count is logged as soon as there
// is room: among the lines where those are JSON, else with the operator's messages. Lines are whole
// and in order for each thread. write() allocates nothing but that ring,
// takes no lock after the first line, and asks the kernel for something only when the writer sleeps
// (at most twice per `gather`).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "telemetry/line_ring.hpp"
#include "telemetry/log.hpp"
#include "telemetry/log_output.hpp"

namespace ferroway::telemetry {

struct log_sink_settings {
  std::size_t bytes_per_thread = std::size_t{1} << 20;  // rounded up to a power of two
  std::size_t threads_max = 512;                        // lines of further threads are dropped
  // A line waits this long for others to be written with, or until half a thread's bytes are used:
  // a file takes many lines at once for a third of what they cost it a few at a time.
  std::chrono::milliseconds gather{20};
  std::chrono::milliseconds close_within{2000};  // what the destructor allows for the rest
};

class log_sink {
 public:
  // `name` is for messages.
  log_sink(std::unique_ptr<log_output> to, std::string name,
           const log_sink_settings& settings = {});
  // Does not own the descriptor, and leaves its flags alone: others share it.
  explicit log_sink(int descriptor = 1, const log_sink_settings& settings = {});
  log_sink(const log_sink&) = delete;
  log_sink& operator=(const log_sink&) = delete;
  ~log_sink();  // no thread writes any more

  // `line` without its newline; it must hold none.
  void write(std::string_view line) noexcept;

  // Waits until all that was written before has left for the kernel; false if that took too long.
  bool flush(std::chrono::milliseconds within);
  // The output is opened again, between two lines, as soon as the writer has come to that.
  void reopen() noexcept;
  // Not all lines are JSON objects: what the sink has to say does not belong among them.
  void carries_other_than_json() noexcept { only_json_.store(false, std::memory_order_relaxed); }

  // Begins what close() ends.
  void begin_close(std::chrono::milliseconds within) noexcept;
  // Flushes and stops; what is written later is lost. False if something was left.
  bool close(std::chrono::milliseconds within);

  // Lines lost so far: no room, or the output failed.
  std::uint64_t dropped() const noexcept;
  // Lines that have left for the kernel.
  std::uint64_t written() const noexcept { return written_.load(std::memory_order_relaxed); }

 private:
  using clock = std::chrono::steady_clock;
  struct producer {
    std::uint64_t thread = 0;
    line_ring ring;
    producer(std::uint64_t id, std::size_t bytes) : thread(id), ring(bytes) {}
  };

  line_ring* ring_of_this_thread() noexcept;
  void wake() noexcept;

  // The writer's:
  void run() noexcept;
  void gather() noexcept;
  bool drain() noexcept;
  bool anything_waits() const noexcept;
  bool write_out(std::string_view bytes) noexcept;
  bool wait_for_room() noexcept;
  void sleep(int milliseconds) noexcept;
  void lose(std::string_view bytes, int error) noexcept;
  void reopen_output() noexcept;
  void report_dropped() noexcept;
  void report_in_band(std::uint64_t count) noexcept;
  bool gave_up() const noexcept;

  const std::uint64_t identity_;              // never reused, unlike addresses
  const std::unique_ptr<log_output> output_;  // the writer's
  const std::string name_;
  const log_sink_settings settings_;
  int wake_descriptor_ = -1;          // eventfd
  std::atomic<bool> asleep_{false};   // for as long as nobody wakes it
  std::atomic<bool> gathers_{false};  // asleep for settings_.gather
  std::atomic<bool> stopping_{false};
  std::atomic<clock::rep> stop_by_{0};
  std::atomic<bool> reopen_wanted_{false};
  std::atomic<bool> only_json_{true};

  std::mutex producers_mutex_;  // registration only
  std::vector<std::unique_ptr<producer>>
      producers_;  // never resized: slots before producer_count_ are set
  std::atomic<std::size_t> producer_count_{0};
  std::atomic<std::uint64_t> homeless_{0};  // lines of threads beyond threads_max
  std::atomic<std::uint64_t> failed_{0};    // lines that the output refused
  std::atomic<std::uint64_t> written_{0};
  // The writer's:
  std::uint64_t reported_ = 0;
  bool line_is_lost_ = false;  // what comes next, up to its end, belongs to a line that failed
  log_limiter error_limit_;
  log_limiter dropped_limit_;

  std::mutex flush_mutex_;
  std::condition_variable flushed_;
  std::uint64_t flushes_wanted_ = 0;
  std::uint64_t flushes_done_ = 0;

  std::thread writer_;
};

}  // namespace ferroway::telemetry
