#include "credentials/key_list.hpp"

#include <array>

#include "credentials/consumer_name.hpp"

namespace ferroway::credentials {

const char* flaw_of(const digest& of) noexcept {
  // `printf %s "$KEY" | sha256sum` where nobody has set KEY, and `echo "$KEY"` there.
  constexpr std::array<std::string_view, 2> nothing{
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b"};
  for (const std::string_view each : nothing) {
    if (parse_digest(each) == of) return "it is the SHA-256 of an empty text, not of a key";
  }
  return nullptr;
}

std::expected<std::vector<listed_key>, line_problem> parse_key_list(std::string_view text) {
  std::vector<listed_key> made;
  listed_lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    const auto wrong = [&](const char* what) {
      return std::unexpected(line_problem{lines.number(), what});
    };
    const std::string_view name = line.substr(0, line.find_first_of(" \t"));
    if (!is_consumer_name(name)) {
      return wrong("a line is a consumer's name and the SHA-256 of its key");
    }
    const auto sha256 = parse_digest(trim(line.substr(name.size())));
    if (!sha256) return wrong("behind the name stands no SHA-256: 64 hexadecimal digits");
    if (const char* flaw = flaw_of(*sha256)) return wrong(flaw);
    if (made.size() == keys_max) return wrong("there are more than 10000 keys");
    made.push_back({std::string(name), *sha256});
  }
  return made;
}

}  // namespace ferroway::credentials
