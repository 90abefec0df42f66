#include "middleware/compress/encoder_pool.hpp"

#include <utility>

namespace ferroway {
namespace {

std::unique_ptr<encoder> make(http::content_coding coding, config::compression_level level) {
  switch (coding) {
    case http::content_coding::zstd:
      return make_zstd_encoder(level);
    case http::content_coding::br:
      return make_brotli_encoder(level);
    case http::content_coding::gzip:
      return make_gzip_encoder(level);
  }
  return nullptr;
}

}  // namespace

encoder_loan& encoder_loan::operator=(encoder_loan&& from) noexcept {
  if (this == &from) return *this;
  give_back();
  pool_ = std::exchange(from.pool_, nullptr);
  encoder_ = std::move(from.encoder_);
  coding_ = from.coding_;
  level_ = from.level_;
  return *this;
}

void encoder_loan::give_back() noexcept {
  if (encoder_ != nullptr) pool_->take_back(*this);
}

encoder_pool& encoder_pool::of_this_thread() {
  thread_local encoder_pool mine{settings{}};
  return mine;
}

encoder_pool::shelf& encoder_pool::shelf_of(http::content_coding coding,
                                            config::compression_level level) noexcept {
  return shelves_[static_cast<std::size_t>(coding) * config::compression_levels +
                  static_cast<std::size_t>(level)];
}

encoder_loan encoder_pool::take(http::content_coding coding, config::compression_level level) {
  const std::size_t bytes = encoder_bytes_max(coding);
  if (bytes > limits_.bytes_max - lent_) return {};
  shelf& ready = shelf_of(coding, level);
  encoder_loan loan;
  if (ready.empty()) {
    loan.encoder_ = make(coding, level);
    // So that giving it back needs no memory.
    ready.reserve(limits_.bytes_kept / bytes);
  } else {
    loan.encoder_ = std::move(ready.back());
    ready.pop_back();
    kept_ -= bytes;
  }
  if (loan.encoder_ == nullptr || !loan.encoder_->begin()) {
    loan.encoder_.reset();
    return loan;
  }
  lent_ += bytes;
  loan.pool_ = this;
  loan.coding_ = coding;
  loan.level_ = level;
  return loan;
}

void encoder_pool::take_back(encoder_loan& ended) noexcept {
  const std::size_t bytes = encoder_bytes_max(ended.coding_);
  lent_ -= bytes;
  if (bytes > limits_.bytes_kept - kept_) return ended.encoder_.reset();
  kept_ += bytes;
  shelf_of(ended.coding_, ended.level_).push_back(std::move(ended.encoder_));
}

}  // namespace ferroway
