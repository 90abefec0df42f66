// The encoders of one thread: taken for a stream, given back at its end, kept for the next one.
// What they take in all is bounded: beyond it there is none to be had, and answers go out as they
// are.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "middleware/compress/encoder.hpp"

namespace ferroway {

class encoder_pool;

// An encoder on loan, to the thread that it was taken on; at its end it goes back.
class encoder_loan {
 public:
  encoder_loan() noexcept = default;
  encoder_loan(encoder_loan&& from) noexcept { *this = std::move(from); }
  encoder_loan& operator=(encoder_loan&& from) noexcept;
  ~encoder_loan() { give_back(); }

  explicit operator bool() const noexcept { return encoder_ != nullptr; }
  encoder& operator*() const noexcept { return *encoder_; }
  encoder* operator->() const noexcept { return encoder_.get(); }
  void give_back() noexcept;

 private:
  friend class encoder_pool;
  encoder_pool* pool_ = nullptr;
  std::unique_ptr<encoder> encoder_;
  http::content_coding coding_{};
  config::compression_level level_{};
};

class encoder_pool {
 public:
  struct settings {
    std::size_t bytes_max = std::size_t{64} << 20;  // of those on loan at once
    std::size_t bytes_kept = std::size_t{8} << 20;  // of those that wait for the next stream
  };

  explicit encoder_pool(const settings& limits) noexcept : limits_(limits) {}
  encoder_pool(const encoder_pool&) = delete;
  encoder_pool& operator=(const encoder_pool&) = delete;

  // Lives as long as the thread; every loan must have ended before.
  static encoder_pool& of_this_thread();

  // Ready to begin a stream; an empty loan where that would be beyond the bound, or memory is out.
  encoder_loan take(http::content_coding coding, config::compression_level level);

  // By encoder_bytes_max(), which no encoder exceeds.
  std::size_t bytes_lent() const noexcept { return lent_; }
  std::size_t bytes_kept() const noexcept { return kept_; }

 private:
  friend class encoder_loan;
  using shelf = std::vector<std::unique_ptr<encoder>>;
  shelf& shelf_of(http::content_coding coding, config::compression_level level) noexcept;
  void take_back(encoder_loan& ended) noexcept;

  settings limits_;
  std::size_t lent_ = 0;
  std::size_t kept_ = 0;
  std::array<shelf, http::content_codings * config::compression_levels> shelves_;
};

}  // namespace ferroway
