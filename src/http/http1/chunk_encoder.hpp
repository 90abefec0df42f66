// Puts chunk framing on a body (RFC 9112, 7.1) as its pieces come. Each chunk leaves whole, its
// line end included, so that a reader of events never waits for the next one.
#pragma once

#include <string_view>

#include "http/fields.hpp"
#include "io/gather.hpp"

namespace ferroway::http1 {

class chunk_encoder {
 public:
  explicit chunk_encoder(buffer_pool& pool) noexcept : pool_(&pool) {}

  // Writes the size line of a piece of `bytes` bytes to the end of `to`, which has room for 20. The
  // caller sends the piece and then line_end.
  static void open(buffer& to, std::size_t bytes) noexcept;
  static constexpr std::string_view line_end = "\r\n";

  // A piece (not empty) as a chunk.
  io::gather piece(buffer bytes);
  // The same for bytes of somebody else, which stay until the send has ended.
  static io::gather borrowed_piece(std::string_view bytes);
  // What ends the body.
  io::gather last(const http::field_list* trailers);

 private:
  buffer_pool* pool_;
};

}  // namespace ferroway::http1
