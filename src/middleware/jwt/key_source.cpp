#include "middleware/jwt/key_source.hpp"

#include <utility>

namespace ferroway {

std::shared_ptr<const jwt::key_set> key_source::keys() const {
  const std::scoped_lock lock(mutex_);
  return keys_;
}

bool key_source::ask(time_point now) {
  const duration::rep at = now.time_since_epoch().count() & ~under_way;
  duration::rep seen = turn_.load(std::memory_order_acquire);
  while ((seen & under_way) == 0) {
    if (at < seen) return false;
    const duration::rep taken = (at + ask_interval.count()) | under_way;
    if (!turn_.compare_exchange_weak(seen, taken, std::memory_order_acq_rel)) continue;
    const std::scoped_lock lock(mutex_);
    if (tell_) tell_();
    return true;
  }
  return true;
}

std::expected<std::size_t, std::string> key_source::publish(const std::string& text) {
  auto read = jwt::parse_jwks(text, allowed_);
  if (!read) return std::unexpected(std::move(read.error()));
  const std::scoped_lock lock(mutex_);
  if (text == text_) return read->skipped;
  text_ = text;
  keys_ = std::make_shared<const jwt::key_set>(std::move(read->keys));
  version_.fetch_add(1, std::memory_order_release);
  return read->skipped;
}

void key_source::fetch_ended() noexcept {
  fetches_.fetch_add(1, std::memory_order_release);
  turn_.fetch_and(~under_way, std::memory_order_release);
}

void key_source::on_ask(std::function<void()> tell) {
  const std::scoped_lock lock(mutex_);
  tell_ = std::move(tell);
}

}  // namespace ferroway
