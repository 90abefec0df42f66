#include "http/http1/chunk_encoder.hpp"

#include <array>
#include <utility>

#include "http/http1/write.hpp"

namespace ferroway::http1 {

void chunk_encoder::open(buffer& to, std::size_t bytes) noexcept {
  to.grew(write_chunk_size(to.room().data(), bytes));
}

io::gather chunk_encoder::piece(buffer bytes) {
  std::array<char, io::gather::short_max> size_line;
  const std::size_t size_bytes = write_chunk_size(size_line.data(), bytes.size());
  const bool room_behind = bytes.room().size() >= line_end.size();
  if (room_behind) bytes.append(line_end);
  io::gather out;
  out.add_short({size_line.data(), size_bytes});
  out.add(std::move(bytes));
  if (!room_behind) out.add_borrowed(line_end);
  return out;
}

io::gather chunk_encoder::borrowed_piece(std::string_view bytes) {
  std::array<char, io::gather::short_max> size_line;
  const std::size_t size_bytes = write_chunk_size(size_line.data(), bytes.size());
  io::gather out;
  out.add_short({size_line.data(), size_bytes});
  out.add_borrowed(bytes);
  out.add_borrowed(line_end);
  return out;
}

io::gather chunk_encoder::last(const http::field_list* trailers) {
  return io::gather(write_last_chunk(*pool_, trailers));
}

}  // namespace ferroway::http1
