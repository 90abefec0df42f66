#include "credentials/mac_key_list.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/base64.hpp"
#include "credentials/consumer_name.hpp"
#include "credentials/mac_key.hpp"

namespace ferroway::credentials {
namespace {

// The next word of a line.
std::string_view take_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
  rest = trim(rest.substr(word.size()));
  return word;
}

}  // namespace

bool is_mac_key_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= mac_key_id_bytes_max &&
         std::ranges::all_of(text,
                             [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
}

std::expected<std::string, const char*> read_mac_secret(std::string_view base64) {
  constexpr const char* too_long = "the secret is longer than 512 bytes";
  if (base64.size() > (mac_key_bytes_max + 2) / 3 * 4) return std::unexpected(too_long);
  std::string bytes(base64_room(base64.size()), '\0');
  const auto made = decode_base64(base64, bytes.data());
  if (!made) return std::unexpected("the secret is no base64: `openssl rand -base64 32` makes one");
  if (made->size() < mac_key_bytes_min) {
    return std::unexpected("the secret has fewer than 32 bytes");
  }
  if (made->size() > mac_key_bytes_max) return std::unexpected(too_long);
  bytes.resize(made->size());
  return bytes;
}

std::expected<std::vector<listed_mac_key>, line_problem> parse_mac_key_list(std::string_view text) {
  std::vector<listed_mac_key> made;
  std::unordered_set<std::string_view> ids;
  listed_lines lines(text);
  std::string_view line;
  while (lines.next(line)) {
    const auto wrong = [&](const char* what) {
      return std::unexpected(line_problem{lines.number(), what});
    };
    const std::string_view id = take_word(line);
    const std::string_view consumer = take_word(line);
    if (!is_mac_key_id(id) || !is_consumer_name(consumer)) {
      return wrong("a line is a key's id, a consumer's name and a secret in base64");
    }
    auto secret = read_mac_secret(line);
    if (!secret) return wrong(secret.error());
    if (!ids.insert(id).second) return wrong("a key of this id stands there already");
    if (made.size() == mac_keys_max) return wrong("there are more than 10000 keys");
    made.push_back({std::string(id), std::string(consumer), std::move(*secret)});
  }
  return made;
}

}  // namespace ferroway::credentials
