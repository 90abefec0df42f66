// What the workers of one basic_auth have found out together, and the check of one password.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "credentials/password_cache.hpp"

namespace ferroway {

// Asked only by those whose worker does not know the login itself, and who would have a password
// hashed: a lock costs nothing there. Any thread.
class known_logins {
 public:
  explicit known_logins(std::size_t capacity) : cache_(capacity) {}

  std::optional<credentials::password_cache::known> find(const credentials::digest& login,
                                                         time_point now) {
    const std::lock_guard hold(mutex_);
    return cache_.find(login, now);
  }
  void keep(const credentials::digest& login, std::uint32_t consumer, time_point until) {
    const std::lock_guard hold(mutex_);
    cache_.keep(login, consumer, until);
  }

 private:
  std::mutex mutex_;
  credentials::password_cache cache_;
};

// One login on its way through the pool. The exchange that waits for it may be gone before it ends,
// so it owns what it needs.
struct password_check {
  password_check() = default;
  password_check(const password_check&) = delete;
  password_check& operator=(const password_check&) = delete;
  ~password_check();  // wipes the password

  std::string hash;  // of an unknown name that of another user
  std::string password;
  credentials::digest login{};
  std::uint32_t consumer = 0;
  bool is_known = false;  // the name
  time_point now{};
  duration remember{};
  std::shared_ptr<known_logins> known;

  bool right = false;  // what comes out

  // Slow. Several requests of one login that nobody knows yet come together, as browsers' do: the
  // first one's hash serves them all.
  void run();
};

}  // namespace ferroway
