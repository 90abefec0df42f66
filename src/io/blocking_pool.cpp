#include "io/blocking_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

namespace ferroway::io {
namespace {

// Of this thread alone, as Linux has it. Workers come first where CPUs are few.
constexpr int niceness = 10;
void be_less_urgent() noexcept {
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
}

}  // namespace

blocking_pool& blocking_pool::of_process() {
  static blocking_pool pool{limits{}};
  return pool;
}

blocking_pool::~blocking_pool() {
  std::deque<piece> dropped;
  {
    const std::lock_guard hold(mutex_);
    over_ = true;
    dropped.swap(waiting_);
  }
  wake_.notify_all();
  for (std::thread& each : threads_) each.join();
}

bool blocking_pool::has_room(std::uint64_t client) const {
  if (waiting_.size() >= by_.waiting_max) return false;
  const auto own = std::ranges::count(waiting_, client, &piece::client);
  return static_cast<std::size_t>(own) < by_.waiting_max_each;
}

// One is enough to go on; none is refused.
bool blocking_pool::start_threads() {
  try {
    while (threads_.size() < by_.threads) threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    return !threads_.empty();
  }
  return true;
}

bool blocking_pool::add(std::uint64_t client, work what) {
  {
    const std::lock_guard hold(mutex_);
    if (over_ || !has_room(client) || !start_threads()) return false;
    waiting_.push_back({client, std::chrono::steady_clock::now() + by_.patience, std::move(what)});
  }
  wake_.notify_one();
  return true;
}

void blocking_pool::serve() {
  be_less_urgent();
  std::unique_lock hold(mutex_);
  while (true) {
    wake_.wait(hold, [this] { return over_ || !waiting_.empty(); });
    if (over_) return;
    piece next = std::move(waiting_.front());
    waiting_.pop_front();
    hold.unlock();
    next.what(std::chrono::steady_clock::now() <= next.deadline);
    next.what = {};  // whatever it holds goes without the lock
    hold.lock();
  }
}

}  // namespace ferroway::io
