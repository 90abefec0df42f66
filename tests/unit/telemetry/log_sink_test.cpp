#include "telemetry/log_sink.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <sstream>
#include <string>

namespace ferroway::telemetry {
namespace {

constexpr std::chrono::milliseconds soon{10000};  // a bound for what is expected to happen at once

class pipe_ends {
 public:
  pipe_ends() { EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0); }
  ~pipe_ends() {
    close_reader();
    close_writer();
  }
  int writer() const { return ends_[1]; }
  void close_reader() { shut(ends_[0]); }
  void close_writer() { shut(ends_[1]); }
  // What is there now.
  std::string read_available() {
    std::string all;
    pollfd readable{ends_[0], POLLIN, 0};
    while (poll(&readable, 1, 0) == 1 && (readable.revents & POLLIN) != 0) all += read_some();
    return all;
  }
  // All until the text appears (or the bound passes).
  std::string read_until(std::string_view wanted) {
    std::string all;
    pollfd readable{ends_[0], POLLIN, 0};
    while (all.find(wanted) == std::string::npos &&
           poll(&readable, 1, static_cast<int>(soon.count())) == 1) {
      all += read_some();
    }
    return all;
  }

 private:
  std::string read_some() {
    char piece[65536];
    const ssize_t got = read(ends_[0], piece, sizeof piece);
    return got <= 0 ? std::string() : std::string(piece, static_cast<std::size_t>(got));
  }
  static void shut(int& descriptor) {
    if (descriptor >= 0) close(descriptor);
    descriptor = -1;
  }
  int ends_[2] = {-1, -1};
};

TEST(log_sink, writes_lines_in_order) {
  pipe_ends output;
  log_sink sink(output.writer());
  sink.write("first");
  sink.write("");
  sink.write("third");
  EXPECT_TRUE(sink.flush(soon));
  EXPECT_EQ(output.read_available(), "first\n\nthird\n");
}

TEST(log_sink, a_sleeping_writer_is_woken_by_a_line) {
  pipe_ends output;
  log_sink sink(output.writer());
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(sink.flush(soon));  // now it has nothing to do
    sink.write("line " + std::to_string(i));
    EXPECT_EQ(output.read_until("\n"), "line " + std::to_string(i) + "\n");
  }
}

TEST(log_sink, a_writer_that_gathers_is_woken_when_much_waits) {
  pipe_ends ends;
  log_sink_settings settings;
  settings.bytes_per_thread = 4096;
  settings.gather = std::chrono::hours(1);
  log_sink sink(ends.writer(), settings);
  sink.write("the first wakes it");
  EXPECT_EQ(ends.read_until("\n"), "the first wakes it\n");
  for (int i = 0; i < 25; ++i) sink.write("line " + std::to_string(i) + std::string(100, '.'));
  const std::string seen = ends.read_until("line 18");
  EXPECT_NE(seen.find("line 18"), std::string::npos) << seen.size();
  EXPECT_EQ(sink.dropped(), 0U);
}

TEST(log_sink, keeps_the_lines_of_many_threads_whole) {
  std::FILE* file = std::tmpfile();
  {
    log_sink sink(fileno(file), {.bytes_per_thread = 1 << 16});
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&sink, t] {
        for (int i = 0; i < 20000; ++i) {
          const std::string text =
              std::to_string(t) + " " + std::to_string(i) + " " + std::string(i % 100, 'x') + ".";
          sink.write(text);
          if (i % 500 == 0) sink.flush(soon);  // so that most of it fits
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(sink.close(soon));
    const off_t size = lseek(fileno(file), 0, SEEK_END);
    std::string all(static_cast<std::size_t>(size), '\0');
    ASSERT_EQ(pread(fileno(file), all.data(), all.size(), 0), size);
    std::istringstream lines(all);
    std::map<int, int> last;
    std::uint64_t count = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('{')) continue;  // a report of dropped lines
      int thread = -1, number = -1;
      char tail[128] = "";
      ASSERT_EQ(std::sscanf(line.c_str(), "%d %d %127s", &thread, &number, tail), 3) << line;
      ASSERT_EQ(std::string(tail), std::string(number % 100, 'x') + ".");
      const auto before = last.find(thread);
      if (before != last.end()) {
        ASSERT_GT(number, before->second);
      }
      last[thread] = number;
      ++count;
    }
    EXPECT_EQ(count + sink.dropped(), 160000U);
    EXPECT_EQ(last.size(), 8U);
  }
  std::fclose(file);
}

TEST(log_sink, lines_across_the_end_of_the_ring_stay_whole) {
  pipe_ends output;
  log_sink sink(output.writer(), {.bytes_per_thread = 64});
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string line = std::to_string(i) + std::string(i % 40, '-');
    sink.write(line);
    ASSERT_TRUE(sink.flush(soon));
    expected += line + "\n";
  }
  EXPECT_EQ(output.read_available(), expected);
  EXPECT_EQ(sink.dropped(), 0U);
}

TEST(log_sink, drops_and_counts_when_nobody_reads_and_says_so_later) {
  pipe_ends output;
  log_sink sink(output.writer(), {.bytes_per_thread = 4096});
  const std::string line(99, 'x');
  for (int i = 0; i < 5000; ++i)
    sink.write(line);  // 500 KB: more than pipe and ring hold; ends, rather than blocks
  const std::uint64_t dropped = sink.dropped();
  EXPECT_GT(dropped, 0U);
  // One report or more, as the writer got along.
  std::string all;
  std::uint64_t reported = 0, lines = 0;
  while (reported < dropped) {
    const std::string more = output.read_until("}\n");
    ASSERT_FALSE(more.empty()) << "reported " << reported << " of " << dropped;
    all += more;
    std::istringstream read(all.substr(0, all.rfind('\n') + 1));
    reported = lines = 0;
    for (std::string text; std::getline(read, text);) {
      if (text.find("\"message\":\"log lines dropped\",\"count\":") == std::string::npos) {
        ++lines;
      } else {
        reported += std::stoull(text.substr(text.rfind(':') + 1));
      }
    }
  }
  EXPECT_EQ(reported, dropped);
  EXPECT_EQ(lines, 5000 - dropped);
  sink.write("room again");
  EXPECT_EQ(output.read_until("room again\n"), "room again\n");
}

TEST(log_sink, a_line_larger_than_the_ring_is_dropped) {
  pipe_ends output;
  log_sink sink(output.writer(), {.bytes_per_thread = 64});
  sink.write(std::string(64, 'x'));
  EXPECT_EQ(sink.dropped(), 1U);
  sink.write(std::string(63, 'y'));
  EXPECT_TRUE(sink.flush(soon));
  EXPECT_NE(output.read_available().find(std::string(63, 'y') + "\n"), std::string::npos);
}

TEST(log_sink, closing_writes_the_rest) {
  pipe_ends output;
  std::string expected;
  {
    log_sink sink(output.writer());
    for (int i = 0; i < 1000; ++i) {
      sink.write("line " + std::to_string(i));
      expected += "line " + std::to_string(i) + "\n";
    }
  }
  EXPECT_EQ(output.read_available(), expected);
}

TEST(log_sink, closing_gives_up_on_a_reader_that_does_not_read) {
  pipe_ends output;
  log_sink sink(output.writer());
  for (int i = 0; i < 5000; ++i) sink.write(std::string(99, 'x'));
  EXPECT_FALSE(sink.close(std::chrono::milliseconds(20)));  // returns at all
}

TEST(log_sink, survives_a_reader_that_is_gone) {
  pipe_ends output;
  output.close_reader();
  log_sink sink(output.writer());
  for (int i = 0; i < 10; ++i) sink.write("into nowhere");
  EXPECT_TRUE(sink.flush(soon));
  EXPECT_EQ(sink.dropped(), 10U);
  EXPECT_TRUE(sink.close(soon));
}

TEST(log_sink, writes_to_sockets_without_blocking_on_them) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  {
    log_sink sink(ends[0], {.bytes_per_thread = 1 << 22});
    for (int i = 0; i < 20000; ++i) sink.write(std::string(99, 'x'));
    EXPECT_FALSE(sink.close(std::chrono::milliseconds(20)));
  }
  char first[100];
  EXPECT_EQ(read(ends[1], first, sizeof first), 100);
  close(ends[0]);
  close(ends[1]);
}

TEST(log_sink, one_thread_may_write_to_several) {
  pipe_ends first, second;
  log_sink a(first.writer(), {.threads_max = 1}), b(second.writer(), {.threads_max = 1});
  for (int i = 0; i < 3; ++i) {
    a.write("a");
    b.write("b");
  }
  EXPECT_TRUE(a.flush(soon) && b.flush(soon));
  EXPECT_EQ(first.read_available(), "a\na\na\n");
  EXPECT_EQ(second.read_available(), "b\nb\nb\n");
}

TEST(log_sink, lines_of_more_threads_than_allowed_are_counted) {
  pipe_ends output;
  log_sink sink(output.writer(), {.threads_max = 1});
  sink.write("mine");
  std::thread([&] { sink.write("one too many"); }).join();
  EXPECT_EQ(sink.dropped(), 1U);
  EXPECT_TRUE(output.read_until("\"count\":1}\n").starts_with("mine\n"));
}

// Refuses one write, keeps the others.
class refuses_one final : public log_output {
 public:
  refuses_one(std::string& into, int at) : into_(into), left_(at) {}
  int descriptor() const noexcept override { return -1; }
  outcome write(std::string_view bytes) noexcept override {
    if (left_-- == 0) return {0, ENOSPC, bytes.size()};
    into_ += bytes;
    return {bytes.size(), 0, 0};
  }

 private:
  std::string& into_;
  int left_;
};

TEST(log_sink, the_rest_of_a_line_that_failed_is_no_line) {
  std::string text;
  log_sink sink(std::make_unique<refuses_one>(text, 1), "test", {.bytes_per_thread = 64});
  sink.carries_other_than_json();
  sink.write(std::string(40, 'a'));
  ASSERT_TRUE(sink.flush(soon));
  sink.write(std::string(40, 'b'));  // around the end of the ring: in two pieces
  ASSERT_TRUE(sink.flush(soon));
  sink.write("c");
  EXPECT_TRUE(sink.close(soon));
  EXPECT_EQ(text, std::string(40, 'a') + "\nc\n");
  EXPECT_EQ(sink.dropped(), 1U);
  EXPECT_EQ(sink.written(), 2U);
}

TEST(log_sink, a_thread_may_write_to_more_sinks_than_it_remembers) {
  std::vector<std::string> texts(40);
  std::vector<std::unique_ptr<log_sink>> sinks;
  for (std::string& each : texts) {
    sinks.push_back(std::make_unique<log_sink>(std::make_unique<refuses_one>(each, -1), "test"));
  }
  for (int round = 0; round < 3; ++round) {
    for (auto& each : sinks) each->write("line");
  }
  for (auto& each : sinks) EXPECT_TRUE(each->close(soon));
  for (const std::string& each : texts) EXPECT_EQ(each, "line\nline\nline\n");
}

}  // namespace
}  // namespace ferroway::telemetry
