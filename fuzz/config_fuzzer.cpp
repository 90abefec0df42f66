// Any bytes as a configuration: never a crash, always a value or an error; what is valid is printed
// and read again.
#include <cstdint>
#include <cstdlib>

#include "config/load.hpp"

namespace {

namespace config = ferroway::config;

class small_environment final : public config::environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    if (name == "A") return "127.0.0.1:80";
    return std::nullopt;
  }
  std::optional<std::string> file(const std::string& path) const override {
    if (path.ends_with("a")) return "text\n";
    return std::nullopt;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const small_environment outside;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const config::loaded first = config::load_text("dir/fuzz.yaml", text, outside);
  config::render(first, size % 2 == 0);
  if (!first.value) {
    if (first.diagnostics.empty()) std::abort();
    return 0;
  }
  const std::string printed = config::print_long_form(*first.value);
  const config::loaded second = config::load_text("dir/fuzz.yaml", printed, outside);
  if (!second.value || config::print_long_form(*second.value) != printed) std::abort();
  return 0;
}
