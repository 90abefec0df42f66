// Puts chunk framing on a body (RFC 9112, 7.1) as its pieces come. Each piece costs one small
// buffer in front of it: the line end of the chunk before and this one's size.
#pragma once

#include "http/fields.hpp"
#include "io/gather.hpp"

namespace ferroway::http1 {

class chunk_encoder {
 public:
  explicit chunk_encoder(buffer_pool& pool) noexcept : pool_(&pool) {}

  // Writes the framing in front of a piece of `bytes` bytes to the end of `to`, which has room
  // for 20.
  void open(buffer& to, std::size_t bytes) noexcept;
  // A piece (not empty) with its framing.
  io::gather piece(buffer bytes);
  // What ends the body.
  io::gather last(const http::field_list* trailers);

 private:
  buffer_pool* pool_;
  bool first_ = true;
};

}  // namespace ferroway::http1
