// Any bytes as a configuration of one file or several: never a crash, always a value or an error;
// what is valid is printed and read again. Behind each line `%%` begins a file of dir/routes.d.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "config/load.hpp"

namespace {

namespace config = ferroway::config;

class small_environment final : public config::environment {
 public:
  explicit small_environment(std::vector<std::string_view> included)
      : included_(std::move(included)) {}

  std::optional<std::string> variable(std::string_view name) const override {
    if (name == "A") return "127.0.0.1:80";
    return std::nullopt;
  }
  std::optional<std::string> file(const std::string& path) const override {
    if (path.ends_with("a")) return "text\n";
    return std::nullopt;
  }
  config::file_text configuration(const std::string& path, std::size_t bytes_max) const override {
    for (std::size_t i = 0; i < included_.size(); ++i) {
      if (path != folder + ("/" + name_of(i))) continue;
      if (included_[i].size() > bytes_max) return {{}, "it is too large"};
      return {std::string(included_[i]), {}};
    }
    return {{}, "there is no such file"};
  }
  std::expected<std::optional<std::vector<std::string>>, std::string> names_in(
      const std::string& where) const override {
    if (where != folder) return std::nullopt;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < included_.size(); ++i) names.push_back(name_of(i));
    return names;
  }

 private:
  inline static const std::string folder = "dir/routes.d";

  static std::string name_of(std::size_t number) { return std::to_string(number) + ".yaml"; }

  std::vector<std::string_view> included_;
};

// What stands between the lines `%%`.
std::vector<std::string_view> split(std::string_view text) {
  constexpr std::string_view separator = "\n%%\n";
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::vector<std::string_view> parts = split({reinterpret_cast<const char*>(bytes), size});
  const std::string text(parts.front());
  parts.erase(parts.begin());
  const small_environment outside(std::move(parts));
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
