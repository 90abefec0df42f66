// Takes chunk framing off a body (RFC 9112, 7.1) as it arrives. Exact: hexadecimal sizes without
// sign or space, overflow checked, CRLF only, extensions bounded (and dropped), the trailer section
// bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace ferroway::http1 {

class chunk_decoder {
 public:
  static constexpr std::size_t size_line_bytes_max = 1024;  // a size with its extensions

  explicit chunk_decoder(side from) noexcept : from_(from) {}

  struct step {
    std::size_t consumed = 0;  // bytes of `input` that are done with (framing and data)
    std::string_view data;     // a piece of the body within `input`; may be empty
    bool end_of_data = false;  // the last chunk has been seen: what follows is the trailer section
  };
  // Looks at the front of `input`; returns after one piece of data, or when it needs more (data
  // empty and everything consumed), or at the end of data. Failures: malformed with the decoder's
  // side.
  result<step> next(std::string_view input);

 private:
  result<std::size_t> read_framing(std::string_view input);
  const char* take_size_byte(char c);

  enum class phase : std::uint8_t { size, extension, size_lf, data, data_cr, data_lf, ended };
  side from_;
  phase phase_ = phase::size;
  bool any_digit_ = false;
  std::uint64_t left_ = 0;
  std::size_t line_bytes_ = 0;
};

}  // namespace ferroway::http1
