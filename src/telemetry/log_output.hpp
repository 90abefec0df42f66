// The far end of a log sink: what takes its bytes. Made where the configuration becomes live
// objects; from then on used by the sink's writer thread alone.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "telemetry/log_destination.hpp"

namespace ferroway::telemetry {

class log_output {
 public:
  struct outcome {
    std::size_t taken = 0;  // bytes that have left
    int error = 0;          // errno; EAGAIN and EINTR: what was not taken is to be offered again
    std::size_t lost = 0;   // bytes behind those taken that any other error has cost
  };

  virtual ~log_output() = default;
  // For poll(), which waits for room; -1 where there is room or no way to wait for it.
  virtual int descriptor() const noexcept = 0;
  // Takes of `bytes` what it can without blocking on a reader. They are lines one after another; a
  // piece may end inside a line, and the next then goes on with it.
  virtual outcome write(std::string_view bytes) noexcept = 0;
  // Between two lines: what is written from now on goes to what has the name now. An error leaves
  // all as it was.
  virtual std::expected<void, std::string> reopen() noexcept { return {}; }
  // reopen() does something.
  virtual bool can_reopen() const noexcept { return false; }
};

// Somebody else's descriptor, whose flags are left alone: others share it.
std::unique_ptr<log_output> output_to_descriptor(int descriptor);

// Opens it, or says why not.
std::expected<std::unique_ptr<log_output>, std::string> open_output(const log_destination& to);

}  // namespace ferroway::telemetry
