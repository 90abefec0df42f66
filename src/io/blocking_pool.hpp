// The few threads that do what would hold up a loop: it blocks, or computes for long, as passwords'
// hashes do. One pool for the process (DESIGN: a worker's thread waits for nothing but its kernel);
// its threads begin with the first piece of work, and are less urgent to the kernel than workers.
//
// Everything is bounded: the threads, the pieces that wait, and how many of them one client may
// have brought, so that a flood from one place leaves room for others. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ferroway::io {

class blocking_pool {
 public:
  struct limits {
    unsigned threads = 2;
    std::size_t waiting_max = 64;
    std::size_t waiting_max_each = 8;           // of one `client`
    std::chrono::milliseconds patience{5'000};  // what has waited for longer is not begun
  };
  // `in_time`: false where it has waited for too long. Called on a thread of the pool. Must not
  // throw.
  using work = std::move_only_function<void(bool in_time)>;

  explicit blocking_pool(const limits& by) : by_(by) {}
  blocking_pool(const blocking_pool&) = delete;
  blocking_pool& operator=(const blocking_pool&) = delete;
  // What has begun ends; what waits is dropped.
  ~blocking_pool();

  static blocking_pool& of_process();

  // False where there is no room. `client`: a hash of who wants it.
  bool add(std::uint64_t client, work what);

 private:
  struct piece {
    std::uint64_t client;
    std::chrono::steady_clock::time_point deadline;
    work what;
  };
  bool has_room(std::uint64_t client) const;
  bool start_threads();
  void serve();

  const limits by_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<piece> waiting_;         // under mutex_
  std::vector<std::thread> threads_;  // under mutex_
  bool over_ = false;                 // under mutex_
};

}  // namespace ferroway::io
