// A key set that is fetched: what workers check tokens with, and how they ask for a newer one. The
// control thread fetches (server/key_fetcher.hpp) and publishes here; a worker looks at one atomic
// number for each request, and takes a lock only when that has changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "config/middlewares.hpp"
#include "jwt/jwks.hpp"

namespace ferroway {

class key_source {
 public:
  // Between two fetches that unknown keys cause: forged tokens are free.
  static constexpr duration ask_interval = std::chrono::seconds(5);

  key_source(config::jwks_address from, duration refresh, jwt::algorithms allowed)
      : from_(std::move(from)), refresh_(refresh), allowed_(allowed) {}

  const config::jwks_address& from() const noexcept { return from_; }
  duration refresh() const noexcept { return refresh_; }
  jwt::algorithms allowed() const noexcept { return allowed_; }

  // Workers. 0: there has never been a set. Another number: another set.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  std::shared_ptr<const jwt::key_set> keys() const;
  // A fetch is under way, or will be as soon as anybody can.
  bool fetching() const noexcept {
    return (turn_.load(std::memory_order_acquire) & under_way) != 0;
  }
  std::uint64_t fetches() const noexcept { return fetches_.load(std::memory_order_acquire); }
  // A token names a key that is not in the set. True where waiting for a fetch may help.
  bool ask(time_point now);

  // The control thread. What `text` says takes the place of the set before it; a set without a key
  // that can be used does not (a few words say why). The same text again changes nothing.
  std::expected<std::size_t, std::string> publish(const std::string& text);  // keys skipped
  void fetch_began() noexcept { turn_.fetch_or(under_way, std::memory_order_release); }
  void fetch_ended() noexcept;
  // How somebody is told that a fetch is wanted; from any thread.
  void on_ask(std::function<void()> tell);

 private:
  static constexpr duration::rep under_way = 1;

  const config::jwks_address from_;
  const duration refresh_;
  const jwt::algorithms allowed_;
  std::atomic<std::uint64_t> version_{0};
  std::atomic<std::uint64_t> fetches_{0};
  // From when on somebody may ask (nanoseconds), and in the lowest bit whether a fetch is under
  // way: one word, so that nobody sees the turn taken and no fetch, and gives up on a key that
  // comes.
  std::atomic<duration::rep> turn_{INT64_MIN | under_way};
  mutable std::mutex mutex_;
  std::shared_ptr<const jwt::key_set> keys_;
  std::string text_;
  std::function<void()> tell_;
};

}  // namespace ferroway
