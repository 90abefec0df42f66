#include "telemetry/syslog_output.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include "io/address.hpp"
#include "io/descriptor.hpp"
#include "telemetry/time_text.hpp"

namespace ferroway::telemetry {
namespace {

constexpr unsigned priority = 16 * 8 + 6;  // local0, informational

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "-";
  const std::string text = name.data();
  const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  return printable ? text : "-";
}

class syslog_output final : public log_output {
 public:
  syslog_output(io::address to, io::descriptor socket)
      : socket_(std::move(socket)), local_(!to.is_ip()), host_(host_name()) {
    to_bytes_ = to.write(reinterpret_cast<sockaddr*>(&to_));
  }

  // Room is the other side's affair, which a socket without connection does not know.
  int descriptor() const noexcept override { return -1; }

  outcome write(std::string_view bytes) noexcept override {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {  // the rest of the line comes with the next piece
      begun_ += bytes;
      return {bytes.size(), 0, 0};
    }
    const std::string head = this->head();
    const std::string_view line = bytes.substr(0, end);
    // Not connected: a daemon that was restarted has another socket of the same name.
    std::array<iovec, 3> pieces{piece(head), piece(begun_), piece(line)};
    msghdr message{};
    message.msg_name = &to_;
    message.msg_namelen = to_bytes_;
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const bool sent = ::sendmsg(socket_.number(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
    const int error = sent ? 0 : errno;
    if (error == EAGAIN || error == EINTR) return {0, error, 0};
    begun_.clear();
    return sent ? outcome{end + 1, 0, 0} : outcome{0, error, end + 1};
  }

 private:
  static iovec piece(std::string_view from) noexcept {
    return {const_cast<char*>(from.data()), from.size()};
  }

  std::string head() const {
    const auto now = std::chrono::system_clock::now();
    if (!local_) {
      std::array<char, time_text_bytes> time;
      write_time(now, time.data());
      return fmt::format("<{}>1 {} {} ferroway {} access - ", priority,
                         std::string_view(time.data(), time.size()), host_, ::getpid());
    }
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 32> time{};
    const std::size_t bytes = std::strftime(time.data(), time.size(), "%b %e %H:%M:%S", &local);
    return fmt::format("<{}>{} ferroway[{}]: ", priority, std::string_view(time.data(), bytes),
                       ::getpid());
  }

  io::descriptor socket_;
  const bool local_;
  const std::string host_;
  sockaddr_storage to_{};
  socklen_t to_bytes_ = 0;
  std::string begun_;
};

}  // namespace

std::expected<std::unique_ptr<log_output>, std::string> open_syslog(const std::string& at) {
  const auto fail = [&](int error) {
    return std::unexpected("the syslog socket " + at +
                           " cannot be used: " + std::generic_category().message(error));
  };
  const std::string_view udp = "udp:";
  const auto to = io::address::parse(at.starts_with(udp) ? at.substr(udp.size()) : at);
  if (!to) return fail(EINVAL);
  sockaddr_storage name{};
  auto* const raw = reinterpret_cast<sockaddr*>(&name);
  const socklen_t bytes = to->write(raw);
  io::descriptor socket(::socket(raw->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail(errno);
  if (!to->is_ip()) {  // is somebody there?
    const io::descriptor probe(::socket(raw->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!probe || ::connect(probe.number(), raw, bytes) != 0) return fail(errno);
  }
  return std::make_unique<syslog_output>(*to, std::move(socket));
}

}  // namespace ferroway::telemetry
