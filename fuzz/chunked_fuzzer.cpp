// Chunked bodies with their trailer sections. No input breaks the decoder, and the cuts (by the
// first byte) change neither data nor verdict; what was decoded and written again decodes to the
// same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/http1/chunk_decoder.hpp"
#include "http/http1/head_scanner.hpp"
#include "http/http1/parse.hpp"
#include "http/http1/write.hpp"
#include "require.hpp"

namespace ferroway::fuzz {
namespace {

enum class end : std::uint8_t { open, refused, data_ended, complete };

struct decoded {
  std::string data;
  std::string trailers;
  std::string why;
  end at = end::open;
  std::size_t consumed = 0;
  bool operator==(const decoded&) const = default;
};

void read_trailers(std::string_view input, std::size_t step, decoded& into) {
  http1::trailer_scanner scanner(side::client);
  for (std::size_t size = 0;;) {
    size = std::min(input.size(), size + step);
    const std::vector<char> arrived(input.begin(),
                                    input.begin() + static_cast<std::ptrdiff_t>(size));
    const auto verdict = scanner.scan({arrived.data(), arrived.size()});
    if (!verdict) {
      into.at = end::refused;
      into.why = verdict.error().detail;
      return;
    }
    if (*verdict == http1::scan_verdict::complete) break;
    if (size == input.size()) return;
  }
  arena memory;
  http::field_list fields;
  const auto parsed =
      http1::parse_trailers(input.substr(0, scanner.end()), 100, side::client, memory, fields);
  if (!parsed) {
    into.at = end::refused;
    into.why = parsed.error().detail;
    return;
  }
  into.at = end::complete;
  into.consumed += scanner.end();
  for (const http::field& item : fields) {
    into.trailers.append(item.name()).append(": ").append(item.value()).append("\r\n");
  }
}

decoded decode(std::string_view input, std::size_t step) {
  http1::chunk_decoder decoder(side::client);
  decoded all;
  while (all.consumed < input.size()) {
    const std::string_view next = input.substr(all.consumed, step);
    const std::vector<char> arrived(next.begin(), next.end());
    std::string_view rest(arrived.data(), arrived.size());
    while (!rest.empty()) {
      const auto taken = decoder.next(rest);
      if (!taken) {
        all.at = end::refused;
        all.why = taken.error().detail;
        all.consumed = 0;
        return all;
      }
      require(taken->consumed > 0 || taken->end_of_data, "every step gets on");
      require(taken->consumed <= rest.size(), "no step takes more than there is");
      all.data += taken->data;
      all.consumed += taken->consumed;
      rest.remove_prefix(taken->consumed);
      if (taken->end_of_data) {
        all.at = end::data_ended;
        read_trailers(input.substr(all.consumed), step, all);
        return all;
      }
    }
  }
  return all;
}

void try_body(std::string_view input, std::size_t step) {
  const decoded whole = decode(input, input.size() + 1);
  require(whole == decode(input, step), "splits change nothing");
  if (whole.at != end::complete) return;
  char size[18];
  std::string written;
  if (!whole.data.empty()) {
    written.append(size, http1::write_chunk_size(size, whole.data.size()));
    written.append(whole.data).append("\r\n");
  }
  written.append("0\r\n").append(whole.trailers).append("\r\n");
  const decoded again = decode(written, written.size());
  require(again.at == end::complete && again.data == whole.data && again.trailers == whole.trailers,
          "what is written reads back");
  require(again.consumed == written.size(), "nothing is left over");
}

}  // namespace
}  // namespace ferroway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  ferroway::fuzz::try_body(input, std::size_t{1} + bytes[0]);
  return 0;
}
