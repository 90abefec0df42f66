#include <zstd.h>

#include <new>

#include "middleware/compress/encoder.hpp"

namespace ferroway {
namespace {

// The window and the tables that find what came before: higher levels would take tens of MiB.
constexpr int window_log = 18;
constexpr int table_log = 17;

int zstd_level(config::compression_level level) {
  switch (level) {
    case config::compression_level::fast:
      return 1;
    case config::compression_level::usual:
      return 3;
    case config::compression_level::best:
      return 9;
  }
  return ZSTD_CLEVEL_DEFAULT;
}

class zstd_encoder final : public encoder {
 public:
  explicit zstd_encoder(config::compression_level level) noexcept : state_(ZSTD_createCCtx()) {
    works_ = state_ != nullptr && set(ZSTD_c_compressionLevel, zstd_level(level)) &&
             set(ZSTD_c_windowLog, window_log) && set(ZSTD_c_hashLog, table_log) &&
             set(ZSTD_c_chainLog, table_log);
  }
  ~zstd_encoder() override { ZSTD_freeCCtx(state_); }
  bool works() const noexcept { return works_; }

  bool begin() noexcept override {
    return ZSTD_isError(ZSTD_CCtx_reset(state_, ZSTD_reset_session_only)) == 0;
  }

  result<step> advance(std::string_view input, std::span<char> room, until end) noexcept override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t left =
        ZSTD_compressStream2(state_, &out, &in, end == until::finished ? ZSTD_e_end : ZSTD_e_flush);
    if (ZSTD_isError(left) != 0) {
      return fail(fault::internal, side::local, "zstd does not go on");
    }
    return step{in.pos, out.pos, left == 0 && in.pos == in.size};
  }

 private:
  bool set(ZSTD_cParameter what, int value) noexcept {
    return ZSTD_isError(ZSTD_CCtx_setParameter(state_, what, value)) == 0;
  }

  ZSTD_CCtx* const state_;
  bool works_ = false;
};

}  // namespace

std::unique_ptr<encoder> make_zstd_encoder(config::compression_level level) {
  std::unique_ptr<zstd_encoder> made(new (std::nothrow) zstd_encoder(level));
  if (made == nullptr || !made->works()) return nullptr;
  return made;
}

}  // namespace ferroway
