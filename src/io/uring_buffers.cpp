#include "io/uring_buffers.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace ferroway::io {
namespace {

constexpr unsigned slots_max = 1024;  // a power of two

}  // namespace

uring_buffers::uring_buffers(io_uring& ring, buffer_pool& pool, std::uint16_t group,
                             std::size_t bytes, unsigned level)
    : ring_(ring), pool_(pool), group_(group), bytes_(bytes), level_(level) {}

uring_buffers::~uring_buffers() {
  for (buffer& provided : slots_) {
    if (provided) pool_.unreserve(std::move(provided));
  }
  if (shared_ != nullptr) ::munmap(shared_, slots_max * sizeof(io_uring_buf));
}

int uring_buffers::make() noexcept {
  void* memory = ::mmap(nullptr, slots_max * sizeof(io_uring_buf), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  shared_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_reg wanted{};
  wanted.ring_addr = reinterpret_cast<std::uint64_t>(shared_);
  wanted.ring_entries = slots_max;
  wanted.bgid = group_;
  if (const int error = io_uring_register_buf_ring(&ring_, &wanted, 0); error != 0) return -error;
  io_uring_buf_ring_init(shared_);
  slots_.resize(slots_max);
  for (unsigned i = slots_max; i > 0; --i) {
    free_slots_.push_back(static_cast<std::uint16_t>(i - 1));
  }
  return 0;
}

void uring_buffers::top_up() noexcept {
  if (ran_out_) {
    const std::size_t affordable = pool_.bytes_max() / 4 / bytes_;
    level_ = static_cast<unsigned>(
        std::clamp<std::size_t>(affordable, level_, std::min(level_ * 2, slots_max)));
    ran_out_ = false;
  }
  int added = 0;
  while (slots_max - free_slots_.size() < level_) {
    buffer provided = pool_.try_reserve(bytes_);
    if (!provided) break;
    const std::uint16_t slot = free_slots_.back();
    free_slots_.pop_back();
    io_uring_buf_ring_add(shared_, provided.room().data(), static_cast<unsigned>(bytes_), slot,
                          io_uring_buf_ring_mask(slots_max), added++);
    slots_[slot] = std::move(provided);
  }
  if (added > 0) io_uring_buf_ring_advance(shared_, added);
}

buffer uring_buffers::take(unsigned flags, std::size_t bytes) noexcept {
  const auto slot = static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT);
  buffer filled = std::move(slots_[slot]);
  free_slots_.push_back(slot);
  pool_.lend(filled);
  filled.grew(bytes);
  return filled;
}

}  // namespace ferroway::io
