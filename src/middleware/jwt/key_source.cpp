#include "middleware/jwt/key_source.hpp"

#include <utility>

namespace ferroway {

std::shared_ptr<const jwt::key_set> key_source::keys() const {
  const std::scoped_lock lock(mutex_);
  return keys_;
}

bool key_source::ask(time_point now) {
  const duration::rep at = now.time_since_epoch().count();
  duration::rep from = ask_from_.load(std::memory_order_relaxed);
  const bool mine = at >= from && ask_from_.compare_exchange_strong(from, at + ask_interval.count(),
                                                                    std::memory_order_relaxed);
  if (mine && !fetching_.exchange(true, std::memory_order_acq_rel)) {
    const std::scoped_lock lock(mutex_);
    if (tell_) tell_();
  }
  return fetching();
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
  fetching_.store(false, std::memory_order_release);
  fetches_.fetch_add(1, std::memory_order_release);
}

void key_source::on_ask(std::function<void()> tell) {
  const std::scoped_lock lock(mutex_);
  tell_ = std::move(tell);
}

}  // namespace ferroway
