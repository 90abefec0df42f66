#include "telemetry/log_output.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include "io/descriptor.hpp"
#include "telemetry/syslog_output.hpp"

namespace ferroway::telemetry {
namespace {

constexpr std::size_t file_piece_max = std::size_t{1} << 18;

std::string why(int error) { return std::generic_category().message(error); }

log_output::outcome outcome_of(ssize_t written, std::string_view of) {
  if (written >= 0) return {static_cast<std::size_t>(written), 0, 0};
  return {0, errno, of.size()};
}

class descriptor_output final : public log_output {
 public:
  explicit descriptor_output(int descriptor) : descriptor_(descriptor) {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return;
    is_socket_ = S_ISSOCK(status.st_mode);
    is_file_ = S_ISREG(status.st_mode);
  }

  int descriptor() const noexcept override { return is_file_ ? -1 : descriptor_; }
  outcome write(std::string_view bytes) noexcept override {
    // A pipe with any room takes PIPE_BUF bytes without blocking; files take what they get.
    const std::size_t piece = std::min(bytes.size(), is_file_ ? file_piece_max : PIPE_BUF);
    const ssize_t written =
        is_socket_ ? ::send(descriptor_, bytes.data(), piece, MSG_DONTWAIT | MSG_NOSIGNAL)
                   : ::write(descriptor_, bytes.data(), piece);
    return outcome_of(written, bytes);
  }

 private:
  const int descriptor_;
  bool is_socket_ = false;
  bool is_file_ = false;
};

std::expected<io::descriptor, std::string> open_file(const std::string& path) {
  // Of a pipe that nobody reads this says so, instead of waiting for somebody.
  constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  io::descriptor opened(::open(path.c_str(), flags, 0640));
  if (!opened) return std::unexpected(why(errno));
  return opened;
}

class file_output final : public log_output {
 public:
  file_output(std::string path, io::descriptor opened) : path_(std::move(path)) {
    adopt(std::move(opened));
  }

  int descriptor() const noexcept override { return is_file_ ? -1 : file_.number(); }
  bool can_reopen() const noexcept override { return true; }

  outcome write(std::string_view bytes) noexcept override {
    // A line that a full disk cut off must not become the beginning of the next.
    if (torn_ && ::write(file_.number(), "\n", 1) != 1) return {0, errno, bytes.size()};
    torn_ = false;
    const std::size_t piece = std::min(bytes.size(), is_file_ ? file_piece_max : PIPE_BUF);
    const outcome done = outcome_of(::write(file_.number(), bytes.data(), piece), bytes);
    if (done.taken > 0) inside_line_ = bytes[done.taken - 1] != '\n';
    if (done.error != 0 && done.error != EAGAIN && done.error != EINTR) {
      torn_ = std::exchange(inside_line_, false);
    }
    return done;
  }

  std::expected<void, std::string> reopen() noexcept override {
    std::expected<io::descriptor, std::string> opened = open_file(path_);
    if (!opened) return std::unexpected(std::move(opened.error()));
    adopt(std::move(*opened));
    torn_ = false;
    return {};
  }

 private:
  void adopt(io::descriptor opened) noexcept {
    struct stat status{};
    is_file_ = ::fstat(opened.number(), &status) == 0 && S_ISREG(status.st_mode);
    file_ = std::move(opened);
  }

  const std::string path_;
  io::descriptor file_;
  bool is_file_ = false;
  bool inside_line_ = false;
  bool torn_ = false;
};

}  // namespace

std::unique_ptr<log_output> output_to_descriptor(int descriptor) {
  return std::make_unique<descriptor_output>(descriptor);
}

std::expected<std::unique_ptr<log_output>, std::string> open_output(const log_destination& to) {
  switch (to.is) {
    case log_destination::kind::standard_output:
      return output_to_descriptor(STDOUT_FILENO);
    case log_destination::kind::standard_error:
      return output_to_descriptor(STDERR_FILENO);
    case log_destination::kind::file: {
      std::expected<io::descriptor, std::string> opened = open_file(to.at);
      if (!opened) {
        return std::unexpected("the log file " + to.at + " cannot be opened: " + opened.error());
      }
      return std::make_unique<file_output>(to.at, std::move(*opened));
    }
    case log_destination::kind::syslog:
      return open_syslog(to.at);
  }
  std::unreachable();
}

}  // namespace ferroway::telemetry
