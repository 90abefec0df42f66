// One stream of bytes on its way into a content coding. Encoders are large (hundreds of KiB), so
// they are kept and begun anew (encoder_pool.hpp); one serves one stream at a time, on one thread.
//
// Each library has a file of its own: gzip_encoder.cpp (zlib), brotli_encoder.cpp,
// zstd_encoder.cpp. What they may look back at is bounded to 32 KiB (gzip) or 256 KiB.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "config/middlewares.hpp"
#include "http/accept_encoding.hpp"

namespace ferroway {

class encoder {
 public:
  // What is to have come out when a step is done.
  enum class until : std::uint8_t {
    flushed,   // enough for the peer to have all that went in
    finished,  // the end of the stream
  };
  struct step {
    std::size_t taken = 0;  // of the input
    std::size_t made = 0;   // in the room
    bool done = false;      // all was taken and has come out; else it wants more room
  };

  // With less a flush may not come to its end (zlib would begin it anew).
  static constexpr std::size_t room_bytes_min = 64;

  encoder() = default;
  encoder(const encoder&) = delete;
  encoder& operator=(const encoder&) = delete;
  virtual ~encoder() = default;

  // A new stream, whatever became of the one before. False: there is no memory for it.
  [[nodiscard]] virtual bool begin() noexcept = 0;
  // A step that is not done goes on with what is left of the same input and the same end, in more
  // room. Fails (fault::internal) where the library does.
  virtual result<step> advance(std::string_view input, std::span<char> room,
                               until end) noexcept = 0;
};

// No stream's state takes more.
constexpr std::size_t encoder_bytes_max(http::content_coding which) {
  switch (which) {
    case http::content_coding::zstd:
      return std::size_t{2} << 20;
    case http::content_coding::br:
      return std::size_t{4} << 20;
    case http::content_coding::gzip:
      return std::size_t{288} << 10;
  }
  return 0;
}

// Null where memory is out.
std::unique_ptr<encoder> make_gzip_encoder(config::compression_level level);
std::unique_ptr<encoder> make_brotli_encoder(config::compression_level level);
std::unique_ptr<encoder> make_zstd_encoder(config::compression_level level);

}  // namespace ferroway
