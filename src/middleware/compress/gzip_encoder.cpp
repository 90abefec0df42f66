#include <zlib.h>

#include <new>

#include "middleware/compress/encoder.hpp"

namespace ferroway {
namespace {

constexpr int window_bits = 15;
constexpr int with_gzip_header = 16;  // RFC 1952, without name or time
constexpr int memory_level = 8;

int zlib_level(config::compression_level level) {
  switch (level) {
    case config::compression_level::fast:
      return 1;
    case config::compression_level::usual:
      return 5;
    case config::compression_level::best:
      return 9;
  }
  return Z_DEFAULT_COMPRESSION;
}

class gzip_encoder final : public encoder {
 public:
  explicit gzip_encoder(config::compression_level level) noexcept {
    works_ = deflateInit2(&state_, zlib_level(level), Z_DEFLATED, window_bits + with_gzip_header,
                          memory_level, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~gzip_encoder() override {
    if (works_) deflateEnd(&state_);
  }
  bool works() const noexcept { return works_; }

  bool begin() noexcept override { return deflateReset(&state_) == Z_OK; }

  result<step> advance(std::string_view input, std::span<char> room, until end) noexcept override {
    // It does not write there, though its interface does not say so.
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    state_.avail_in = static_cast<uInt>(input.size());
    state_.next_out = reinterpret_cast<Bytef*>(room.data());
    state_.avail_out = static_cast<uInt>(room.size());
    const int status = deflate(&state_, end == until::finished ? Z_FINISH : Z_SYNC_FLUSH);
    // Z_BUF_ERROR: nothing was left to flush.
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      return fail(fault::internal, side::local, "zlib does not go on");
    }
    const bool done = end == until::finished ? status == Z_STREAM_END : state_.avail_out != 0;
    return step{input.size() - state_.avail_in, room.size() - state_.avail_out, done};
  }

 private:
  z_stream state_{};
  bool works_ = false;
};

}  // namespace

std::unique_ptr<encoder> make_gzip_encoder(config::compression_level level) {
  std::unique_ptr<gzip_encoder> made(new (std::nothrow) gzip_encoder(level));
  if (made == nullptr || !made->works()) return nullptr;
  return made;
}

}  // namespace ferroway
