#include "upstream/replay_buffer.hpp"

#include <new>
#include <utility>

namespace ferroway::upstream {

void replay_buffer::keep(std::string_view bytes) {
  if (is_ == state::closed) return release();
  if (is_ == state::gone) return;
  if (is_ == state::keeps && bytes_ + bytes.size() > bytes_max_) return release();
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    if (last_ == nullptr || last_->bytes.room().empty()) {
      // What is held is owed to a try that has been decided on. Else it is a favour, for which the
      // bodies that have to move must not wait.
      buffer more = is_ == state::holds ? pool_.acquire()
                    : pool_.plenty()    ? pool_.try_acquire()
                                        : buffer{};
      if (!more) return release();
      piece* const added = new (memory_.allocate(sizeof(piece), alignof(piece))) piece;
      added->bytes = std::move(more);
      (first_ == nullptr ? first_ : last_->next) = added;
      last_ = added;
    }
    bytes.remove_prefix(last_->bytes.append(bytes));
  }
}

void replay_buffer::release() noexcept {
  is_ = state::gone;
  for (piece* each = first_; each != nullptr; each = each->next) each->bytes.release();
  first_ = last_ = nullptr;
}

}  // namespace ferroway::upstream
