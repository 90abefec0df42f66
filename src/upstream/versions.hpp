// The versions of an upstream with endpoints that are names: each is an upstream by itself, made of
// what the names stood for at some moment, and never changes. A new answer makes a new version,
// which takes over every endpoint that it has too, and workers pick it up between exchanges. So
// nothing on the data path is locked, and a change costs what the upstream is large, whatever the
// configuration is.
//
// A worker leases the version that it begins exchanges on, and each exchange the one that it has
// begun on. When the last lease of a worker ends, what the worker has of endpoints that no later
// version has (idle connections above all) is closed, on its thread. Leases are counted plainly.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "exchange/exchange.hpp"
#include "upstream/retry_budget.hpp"

namespace ferroway::upstream {

class upstream;

// A version as one worker uses it. Belongs to the worker.
class version_in_use {
 public:
  version_in_use(std::shared_ptr<upstream> of, std::uint32_t worker);
  version_in_use(const version_in_use&) = delete;
  version_in_use& operator=(const version_in_use&) = delete;

  upstream& operator*() const noexcept { return *of_; }
  void enter() noexcept { ++leases_; }
  // With the last one it is gone.
  void leave() noexcept {
    if (--leases_ == 0) delete this;
  }

 private:
  ~version_in_use();

  const std::shared_ptr<upstream> of_;
  const std::uint32_t worker_;
  std::size_t leases_ = 0;
};

class versions {
 public:
  // `first` is what every worker begins with.
  versions(std::shared_ptr<upstream> first, std::uint32_t workers);
  ~versions();

  // The control thread's.
  const std::shared_ptr<upstream>& newest() const noexcept { return newest_; }
  // Workers are told by take().
  void publish(std::shared_ptr<upstream> next) noexcept { newest_ = std::move(next); }

  // On the worker's thread. A generation of it holds this, or does not any more.
  void enter(std::uint32_t worker);
  void leave(std::uint32_t worker) noexcept;
  // From the next exchange on.
  void take(std::uint32_t worker, std::shared_ptr<upstream> next);
  // For the exchange, to its end.
  upstream& lease(exchange& ex);
  // For as long as the caller says: leave() it.
  version_in_use& current(worker_resources& worker);

 private:
  struct slot {
    std::shared_ptr<upstream> next;  // what is used, or will be when a generation comes
    version_in_use* used = nullptr;  // null: no generation is here
    std::uint32_t generations = 0;
    retry_budget left;  // of the version before: a change of addresses earns no retries
    bool carries = false;
  };

  std::shared_ptr<upstream> newest_;
  std::vector<slot> slots_;  // by worker
};

}  // namespace ferroway::upstream
