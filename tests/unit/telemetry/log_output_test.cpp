#include "telemetry/log_output.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "io/address.hpp"
#include "io/descriptor.hpp"
#include "telemetry/log_sink.hpp"

namespace ferroway::telemetry {
namespace {

using kind = log_destination::kind;
constexpr std::chrono::milliseconds soon{10000};

class folder {
 public:
  folder() {
    std::string name = std::filesystem::temp_directory_path() / "ferroway-log-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::unique_ptr<log_output> open_log(const std::string& path) {
  auto opened = open_output({kind::file, path});
  EXPECT_TRUE(opened) << opened.error();
  return std::move(*opened);
}

TEST(log_file, IsAppendedTo) {
  const folder in;
  std::ofstream(in / "a.log") << "before\n";
  log_sink sink(open_log(in / "a.log"), "a");
  sink.write("after");
  EXPECT_TRUE(sink.close(soon));
  EXPECT_EQ(text_of(in / "a.log"), "before\nafter\n");
  EXPECT_EQ(sink.written(), 1U);
}

TEST(log_file, IsMadeForItsOwnerToWriteAndItsGroupToRead) {
  const folder in;
  const mode_t before = ::umask(0);
  open_log(in / "a.log");
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat((in / "a.log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST(log_file, ThatCannotBeOpenedSaysWhy) {
  const folder in;
  EXPECT_EQ(open_output({kind::file, in / "none/a.log"}).error(),
            "the log file " + (in / "none/a.log") + " cannot be opened: No such file or directory");
  // A pipe that nobody reads is told, not waited for.
  ASSERT_EQ(::mkfifo((in / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(open_output({kind::file, in / "pipe"}));
}

TEST(log_file, LosesNoLineWhenItIsRenamedAndReopened) {
  const folder in;
  log_sink sink(open_log(in / "a.log"), "a");
  constexpr int lines = 20000, rotations = 20;
  std::atomic<int> progress{0};
  std::thread writer([&] {
    for (int i = 0; i < lines; ++i) {
      sink.write("line " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '.'));
      progress = i;
      if (i % 500 == 0) sink.flush(soon);  // so that all of it fits
    }
  });
  for (int i = 0; i < rotations; ++i) {
    while (progress < i * (lines / rotations)) std::this_thread::yield();
    std::filesystem::rename(in / "a.log", in / ("a.log." + std::to_string(i)));
    sink.reopen();
    while (!std::filesystem::exists(in / "a.log")) std::this_thread::yield();
  }
  writer.join();
  EXPECT_TRUE(sink.close(soon));
  EXPECT_EQ(sink.dropped(), 0U);
  std::string all;
  for (int i = 0; i < rotations; ++i) {
    const std::string piece = text_of(in / ("a.log." + std::to_string(i)));
    EXPECT_TRUE(piece.empty() || piece.ends_with('\n')) << "torn in file " << i;
    all += piece;
  }
  all += text_of(in / "a.log");
  std::string expected;
  for (int i = 0; i < lines; ++i) {
    expected += "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '.');
    expected += '\n';
  }
  EXPECT_EQ(all, expected);
}

TEST(log_file, StaysWhereItIsWhenItCannotBeReopened) {
  const folder in;
  std::filesystem::create_directory(in / "logs");
  log_sink sink(open_log(in / "logs/a.log"), "a");
  sink.write("one");
  ASSERT_TRUE(sink.flush(soon));
  std::filesystem::rename(in / "logs", in / "moved");
  sink.reopen();
  sink.write("two");
  EXPECT_TRUE(sink.close(soon));
  EXPECT_EQ(text_of(in / "moved/a.log"), "one\ntwo\n");
  EXPECT_EQ(sink.dropped(), 0U);
}

// What a full disk does: a write that is cut off, then none at all, then all is well again.
class size_limit {
 public:
  explicit size_limit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_{};
  void (*signal_)(int);
};

TEST(log_file, AFullDiskCostsLinesThatAreCountedAndNoOthers) {
  const folder in;
  log_sink sink(open_log(in / "a.log"), "a");
  {
    const size_limit limit(25);
    for (int i = 0; i < 5; ++i) {
      sink.write("ten bytes" + std::to_string(i));
      ASSERT_TRUE(sink.flush(soon));
    }
  }
  EXPECT_EQ(sink.dropped(), 3U);
  EXPECT_EQ(sink.written(), 2U);
  sink.write("room again");
  EXPECT_TRUE(sink.close(soon));
  EXPECT_EQ(text_of(in / "a.log"), "ten bytes0\nten bytes1\nten\nroom again\n");
}

io::descriptor bound_socket(const io::address& at) {
  sockaddr_storage name{};
  auto* const raw = reinterpret_cast<sockaddr*>(&name);
  const socklen_t bytes = at.write(raw);
  io::descriptor made(::socket(raw->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::bind(made.number(), raw, bytes), 0);
  const timeval patience{10, 0};
  ::setsockopt(made.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return made;
}

std::string received(const io::descriptor& from) {
  std::string message(8192, '\0');
  const ssize_t bytes = ::recv(from.number(), message.data(), message.size(), 0);
  message.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
  return message;
}

TEST(syslog, OfThisHostGetsAMessageForEachLine) {
  const folder in;
  const io::descriptor daemon = bound_socket(io::address::of_path(in / "log"));
  auto opened = open_output({kind::syslog, "unix:" + (in / "log")});
  ASSERT_TRUE(opened) << opened.error();
  log_sink sink(std::move(*opened), "syslog");
  sink.write("first");
  sink.write("second");
  const std::string tail = "ferroway[" + std::to_string(::getpid()) + "]: ";
  const std::string first = received(daemon);
  EXPECT_TRUE(first.starts_with("<134>")) << first;
  EXPECT_TRUE(first.ends_with(" " + tail + "first")) << first;
  EXPECT_TRUE(received(daemon).ends_with(tail + "second"));
}

TEST(syslog, FindsADaemonThatWasRestarted) {
  const folder in;
  io::descriptor daemon = bound_socket(io::address::of_path(in / "log"));
  auto opened = open_output({kind::syslog, "unix:" + (in / "log")});
  ASSERT_TRUE(opened) << opened.error();
  log_sink sink(std::move(*opened), "syslog");
  std::filesystem::remove(in / "log");
  sink.write("nobody is there");
  EXPECT_TRUE(sink.flush(soon));
  EXPECT_EQ(sink.dropped(), 1U);
  daemon = bound_socket(io::address::of_path(in / "log"));
  sink.write("here again");
  std::string message;
  while (!message.ends_with("here again")) {  // before it, the report of what was dropped
    message = received(daemon);
    ASSERT_FALSE(message.empty());
  }
}

TEST(syslog, ThatDoesNotReadCostsLinesAndNoWaiting) {
  const folder in;
  const io::descriptor daemon = bound_socket(io::address::of_path(in / "log"));
  auto opened = open_output({kind::syslog, "unix:" + (in / "log")});
  ASSERT_TRUE(opened) << opened.error();
  log_sink sink(std::move(*opened), "syslog", {.bytes_per_thread = 1 << 16});
  for (int i = 0; i < 5000; ++i) sink.write(std::string(200, 'x'));  // ends at all
  EXPECT_GT(sink.dropped(), 0U);
  EXPECT_FALSE(sink.close(std::chrono::milliseconds(20)));
}

TEST(syslog, OverUdpIsOfTheNewForm) {
  // The kernel chooses the port.
  const io::descriptor daemon =
      bound_socket(io::address::of_ip(*io::ip_address::parse("127.0.0.1"), 0));
  sockaddr_storage name{};
  socklen_t bytes = sizeof name;
  ASSERT_EQ(::getsockname(daemon.number(), reinterpret_cast<sockaddr*>(&name), &bytes), 0);
  const auto at = io::address::of_sockaddr(reinterpret_cast<const sockaddr&>(name), bytes);
  auto opened = open_output({kind::syslog, "udp:" + at.text()});
  ASSERT_TRUE(opened) << opened.error();
  log_sink sink(std::move(*opened), "syslog");
  sink.write("a line");
  const std::string message = received(daemon);
  EXPECT_TRUE(message.starts_with("<134>1 20")) << message;
  EXPECT_TRUE(message.ends_with(" ferroway " + std::to_string(::getpid()) + " access - a line"))
      << message;
}

TEST(syslog, WhoseSocketIsNotThereIsRefused) {
  const folder in;
  const auto opened = open_output({kind::syslog, "unix:" + (in / "log")});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), "the syslog socket unix:" + (in / "log") +
                                " cannot be used: No such file or directory");
}

}  // namespace
}  // namespace ferroway::telemetry
