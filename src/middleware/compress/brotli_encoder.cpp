#include <brotli/encode.h>

#include <new>

#include "middleware/compress/encoder.hpp"
#include "middleware/compress/kept_blocks.hpp"

namespace ferroway {
namespace {

constexpr std::uint32_t window_log = 18;

// From 7 on its tables take up to 32 MiB.
std::uint32_t brotli_quality(config::compression_level level) {
  switch (level) {
    case config::compression_level::fast:
      return 2;
    case config::compression_level::usual:
      return 4;
    case config::compression_level::best:
      return 6;
  }
  return BROTLI_DEFAULT_QUALITY;
}

void* allocate(void* from, std::size_t bytes) {
  return static_cast<kept_blocks*>(from)->take(bytes);
}
void release(void* from, void* block) { static_cast<kept_blocks*>(from)->give_back(block); }

// The library has no way to begin a new stream with an old state.
class brotli_encoder final : public encoder {
 public:
  explicit brotli_encoder(config::compression_level level) noexcept
      : quality_(brotli_quality(level)) {}
  ~brotli_encoder() override { end(); }

  bool begin() noexcept override {
    end();
    state_ = BrotliEncoderCreateInstance(allocate, release, &memory_);
    return state_ != nullptr &&
           BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, quality_) == BROTLI_TRUE &&
           BrotliEncoderSetParameter(state_, BROTLI_PARAM_LGWIN, window_log) == BROTLI_TRUE;
  }

  result<step> advance(std::string_view input, std::span<char> room, until end) noexcept override {
    std::size_t left = input.size();
    const auto* from = reinterpret_cast<const std::uint8_t*>(input.data());
    std::size_t free = room.size();
    auto* to = reinterpret_cast<std::uint8_t*>(room.data());
    const auto what = end == until::finished ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
    if (BrotliEncoderCompressStream(state_, what, &left, &from, &free, &to, nullptr) ==
        BROTLI_FALSE) {
      return fail(fault::internal, side::local, "brotli does not go on");
    }
    const bool all_out = BrotliEncoderHasMoreOutput(state_) == BROTLI_FALSE;
    const bool done = left == 0 && all_out &&
                      (end != until::finished || BrotliEncoderIsFinished(state_) == BROTLI_TRUE);
    return step{input.size() - left, room.size() - free, done};
  }

 private:
  void end() noexcept {
    if (state_ != nullptr) BrotliEncoderDestroyInstance(state_);
    state_ = nullptr;
  }

  kept_blocks memory_;
  BrotliEncoderState* state_ = nullptr;
  const std::uint32_t quality_;
};

}  // namespace

std::unique_ptr<encoder> make_brotli_encoder(config::compression_level level) {
  return std::unique_ptr<encoder>(new (std::nothrow) brotli_encoder(level));
}

}  // namespace ferroway
