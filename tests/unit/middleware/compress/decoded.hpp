// What a client makes of a body in a content coding, by the libraries' own decoders.
#pragma once

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <string_view>

#include "http/accept_encoding.hpp"

namespace ferroway {

struct decoded {
  std::string text;
  bool whole = false;  // the end of the stream was in it
  bool wrong = false;
};

inline decoded decode_gzip(std::string_view bytes) {
  decoded made;
  z_stream state{};
  inflateInit2(&state, 15 + 16);
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  state.avail_in = static_cast<uInt>(bytes.size());
  int status = Z_OK;
  while (status == Z_OK) {
    char out[4096];
    state.next_out = reinterpret_cast<Bytef*>(out);
    state.avail_out = sizeof out;
    status = inflate(&state, Z_SYNC_FLUSH);
    made.text.append(out, sizeof out - state.avail_out);
  }
  made.whole = status == Z_STREAM_END;
  made.wrong = (status != Z_STREAM_END && status != Z_BUF_ERROR) || state.avail_in != 0;
  inflateEnd(&state);
  return made;
}

inline decoded decode_brotli(std::string_view bytes) {
  decoded made;
  BrotliDecoderState* state = BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
  std::size_t left = bytes.size();
  const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  BrotliDecoderResult status = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
  while (status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT ||
         BrotliDecoderHasMoreOutput(state) == BROTLI_TRUE) {
    std::uint8_t out[4096];
    std::size_t room = sizeof out;
    std::uint8_t* to = out;
    status = BrotliDecoderDecompressStream(state, &left, &in, &room, &to, nullptr);
    made.text.append(reinterpret_cast<char*>(out), sizeof out - room);
  }
  made.whole = status == BROTLI_DECODER_RESULT_SUCCESS;
  made.wrong = status == BROTLI_DECODER_RESULT_ERROR || left != 0;
  BrotliDecoderDestroyInstance(state);
  return made;
}

inline decoded decode_zstd(std::string_view bytes) {
  decoded made;
  ZSTD_DCtx* state = ZSTD_createDCtx();
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::size_t status = 1;
  bool more = true;
  while (more && ZSTD_isError(status) == 0) {
    char space[4096];
    ZSTD_outBuffer out{space, sizeof space, 0};
    status = ZSTD_decompressStream(state, &out, &in);
    made.text.append(space, out.pos);
    more = status != 0 && (in.pos < in.size || out.pos == out.size);
  }
  made.whole = status == 0;
  made.wrong = ZSTD_isError(status) != 0 || in.pos != in.size;
  ZSTD_freeDCtx(state);
  return made;
}

inline decoded decode(http::content_coding coding, std::string_view bytes) {
  switch (coding) {
    case http::content_coding::gzip:
      return decode_gzip(bytes);
    case http::content_coding::br:
      return decode_brotli(bytes);
    case http::content_coding::zstd:
      return decode_zstd(bytes);
  }
  return {};
}

}  // namespace ferroway
