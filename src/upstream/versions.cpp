#include "upstream/versions.hpp"

#include <cassert>

#include "upstream/upstream.hpp"

namespace ferroway::upstream {

version_in_use::version_in_use(std::shared_ptr<upstream> of, std::uint32_t worker)
    : of_(std::move(of)), worker_(worker) {
  of_->enter(worker_);
}

version_in_use::~version_in_use() { of_->leave(worker_); }

versions::versions(std::shared_ptr<upstream> first, std::uint32_t workers)
    : newest_(std::move(first)), slots_(workers) {
  for (slot& each : slots_) each.next = newest_;
}

versions::~versions() = default;

void versions::enter(std::uint32_t worker) {
  slot& mine = slots_[worker];
  if (++mine.generations > 1) return;
  mine.used = new version_in_use(mine.next, worker);
  mine.used->enter();
}

void versions::leave(std::uint32_t worker) noexcept {
  slot& mine = slots_[worker];
  if (--mine.generations == 0) std::exchange(mine.used, nullptr)->leave();
}

void versions::take(std::uint32_t worker, std::shared_ptr<upstream> next) {
  slot& mine = slots_[worker];
  mine.next = std::move(next);
  if (mine.used == nullptr) return;
  if (const retry_budget* left = (**mine.used).budget_of(worker)) {
    mine.left = *left;
    mine.carries = true;
  }
  // First: endpoints of both keep their connections.
  auto* used = new version_in_use(mine.next, worker);
  used->enter();
  std::exchange(mine.used, used)->leave();
}

version_in_use& versions::current(worker_resources& worker) {
  slot& mine = slots_[worker.index];
  assert(mine.used != nullptr);
  if (mine.carries) [[unlikely]] {
    mine.carries = false;
    (**mine.used).part(worker).retries = mine.left;
  }
  mine.used->enter();
  return *mine.used;
}

upstream& versions::lease(exchange& ex) {
  version_in_use& used = current(ex.worker);
  ex.at_last([](exchange&, void* with) noexcept { static_cast<version_in_use*>(with)->leave(); },
             &used);
  return *used;
}

}  // namespace ferroway::upstream
