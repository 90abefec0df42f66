// The sinks of all access logs, one for each destination: shared by those that write to the same
// place, and carried over a reload while somebody does. Owned by the process, and lives longer than
// every snapshot; any thread (the lock is for finding and listing, never for writing a line).
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "telemetry/log_destination.hpp"
#include "telemetry/log_sink.hpp"

namespace ferroway::telemetry {

struct log_figures {
  std::string destination;
  std::uint64_t written = 0;  // lines
  std::uint64_t dropped = 0;
};

class log_outputs {
 public:
  // Each has a thread, and a ring for each worker.
  static constexpr std::size_t destinations_max = 64;

  log_outputs() = default;
  // Everything goes there, whatever the destination: for tests and benchmarks.
  explicit log_outputs(std::shared_ptr<log_sink> only) : only_(std::move(only)) {}

  // Opened when it is not in use yet; or why that is not possible.
  std::expected<std::shared_ptr<log_sink>, std::string> find(const log_destination& to);
  // Files are opened again under their names, between two lines, by the threads that write them.
  void reopen();
  // Ends those that no access log holds any more. After a snapshot has gone.
  void forget_unused();
  std::vector<log_figures> figures() const;
  // Writes out what waits, all at the same time; what is written later is lost.
  void close(std::chrono::milliseconds within);

 private:
  struct in_use {
    log_destination to;
    std::shared_ptr<log_sink> sink;
  };
  const std::shared_ptr<log_sink> only_;
  mutable std::mutex mutex_;
  std::vector<in_use> all_;
};

}  // namespace ferroway::telemetry
