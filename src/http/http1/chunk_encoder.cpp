#include "http/http1/chunk_encoder.hpp"

#include <utility>

#include "http/http1/write.hpp"

namespace ferroway::http1 {

void chunk_encoder::open(buffer& to, std::size_t bytes) noexcept {
  if (!first_) to.append("\r\n");
  first_ = false;
  to.grew(write_chunk_size(to.room().data(), bytes));
}

io::gather chunk_encoder::piece(buffer bytes) {
  buffer framing = pool_->acquire(32);
  open(framing, bytes.size());
  io::gather out(std::move(framing));
  out.add(std::move(bytes));
  return out;
}

io::gather chunk_encoder::last(const http::field_list* trailers) {
  io::gather out;
  if (!first_) out.add_borrowed("\r\n");
  out.add(write_last_chunk(*pool_, trailers));
  return out;
}

}  // namespace ferroway::http1
