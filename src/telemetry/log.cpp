#include "telemetry/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "telemetry/json_text.hpp"
#include "telemetry/time_text.hpp"

namespace ferroway::telemetry {
namespace {

constinit std::atomic<int> log_descriptor{STDERR_FILENO};

// Readable without quotes: an address, a path, a word.
bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("-_./:[]@%+,").find(c) != std::string_view::npos;
  });
}

void append_value(bounded_text& line, const log_field& field) {
  if (field.number()) {
    const std::int64_t value = *field.number();
    if (value < 0) line.append("-");
    const auto bits = static_cast<std::uint64_t>(value);
    line.append_number(value < 0 ? 0 - bits : bits);
  } else if (is_word(field.text())) {
    line.append_escaped(field.text());
  } else {
    line.append("\"");
    line.append_escaped(field.text(), 1);
    line.append("\"");
  }
}

}  // namespace

std::string_view to_string(log_level level) noexcept {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warning:
      return "warning";
    case log_level::error:
      return "error";
  }
  return "error";
}

void log(log_level level, std::string_view message,
         std::initializer_list<log_field> fields) noexcept {
  std::array<char, 4096> bytes;  // one write of at most PIPE_BUF is never mixed with others'
  bounded_text line(std::span(bytes).first(bytes.size() - 1));
  std::array<char, time_text_bytes> time;
  write_time(std::chrono::system_clock::now(), time.data());
  line.append({time.data(), time.size()});
  line.append(" ");
  line.append(to_string(level));
  line.append(" ");
  line.append_escaped(message);
  for (const log_field& field : fields) {
    line.append(" ");
    line.append(field.key());
    line.append("=");
    append_value(line, field);
  }
  bytes[line.view().size()] = '\n';

  pollfd output{log_descriptor.load(std::memory_order_relaxed), POLLOUT, 0};
  if (poll(&output, 1, 0) != 1 || (output.revents & POLLOUT) == 0) return;
  // Lost when it fails: there is nobody left to tell.
  [[maybe_unused]] const ssize_t written = ::write(output.fd, bytes.data(), line.view().size() + 1);
}

int set_log_descriptor(int descriptor) noexcept { return log_descriptor.exchange(descriptor); }

std::optional<std::uint64_t> log_limiter::admit(time_point now) noexcept {
  const std::int64_t at = now.time_since_epoch().count();
  std::int64_t open_from = open_from_.load(std::memory_order_relaxed);
  if (at < open_from || !open_from_.compare_exchange_strong(open_from, at + interval_.count(),
                                                            std::memory_order_relaxed)) {
    suppressed_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  return suppressed_.exchange(0, std::memory_order_relaxed);
}

}  // namespace ferroway::telemetry
