#include "config/read_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

namespace ferroway::config {
namespace {

// A pipe that nobody writes to must not hold up whoever asked for the file.
constexpr std::chrono::milliseconds patience(5000);

class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const noexcept { return number_; }

 private:
  int number_;
};

using std::chrono::steady_clock;

// Waits for the next piece of what is no regular file; false where none comes.
bool comes(int file, steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
  pollfd waiting{file, POLLIN, 0};
  return left.count() > 0 && ::poll(&waiting, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

file_text read_file(const std::string& path, std::size_t bytes_max) {
  const std::string too_large = "it is larger than " + std::to_string(bytes_max >> 20) + " MiB";
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat about{};
  if (file.number() < 0 || ::fstat(file.number(), &about) != 0) return {{}, std::strerror(errno)};
  if (S_ISDIR(about.st_mode)) return {{}, "it is a folder"};
  const bool regular = S_ISREG(about.st_mode);
  std::string text;
  if (regular) {
    const auto bytes = static_cast<std::size_t>(about.st_size);
    if (bytes > bytes_max) return {{}, too_large};
    text.reserve(bytes);
  }
  const auto deadline = steady_clock::now() + patience;
  char block[64 * 1024];
  while (text.size() <= bytes_max) {
    if (!regular && !comes(file.number(), deadline)) return {{}, "nothing comes from it"};
    const ssize_t got = ::read(file.number(), block, sizeof(block));
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return {{}, std::strerror(errno)};
    if (got == 0) return {std::move(text), {}};
    text.append(block, static_cast<std::size_t>(got));
  }
  return {{}, too_large};
}

}  // namespace ferroway::config
