// Accept-Encoding fields, one a line: whatever stands there, the choice is one of ours with a
// weight, or none for a reason, and saying the same in two fields or in one makes no difference.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "http/accept_encoding.hpp"
#include "require.hpp"

namespace ferroway::fuzz {
namespace {

constexpr std::array ours{http::content_coding::br, http::content_coding::gzip,
                          http::content_coding::zstd};

http::coding_choice choose(const http::field_list& fields) {
  const http::coding_choice choice = http::choose_coding(fields, ours);
  require(choice.coding.has_value() == choice.reason.empty(), "none has a reason");
  return choice;
}

}  // namespace
}  // namespace ferroway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ferroway;
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  arena memory;
  http::field_list several, one;
  std::string all;
  for (int i = 0; i < 8 && !rest.empty(); ++i) {
    const std::string_view value = split_off(rest, '\n');
    several.add(memory, "Accept-Encoding", value);
    if (i != 0) all += ", ";
    all += value;
    one.set(memory, "Accept-Encoding", memory.copy(all));
  }
  fuzz::require(fuzz::choose(several).coding == fuzz::choose(one).coding,
                "several fields are one list");
  return 0;
}
