#include "upstream/sticky_sessions.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/random.hpp"

namespace ferroway::upstream {
namespace {

// Of the code, as hexadecimal digits: as many as nobody guesses.
constexpr std::size_t code_bytes = 16;

// Where no key is configured: sessions last as long as the process, whatever it reloads.
const std::string& key_of_process() {
  static const std::string key = [] {
    std::string made;
    for (int i = 0; i < 4; ++i) made += std::to_string(system_seed()) + ".";
    return made;
  }();
  return key;
}

std::string key_of(const config::sticky_sessions& from) {
  if (from.key.empty()) return key_of_process();
  std::string key;
  for (const config::template_piece& piece : from.key) key += piece.text;
  return key;
}

std::string code_of(const std::string& key, const std::string& upstream,
                    const std::string& endpoint) {
  const std::string text = upstream + '\n' + endpoint;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned bytes = 0;
  ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &bytes);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string code;
  for (std::size_t i = 0; i < code_bytes; ++i) {
    code += digits[mac[i] >> 4];
    code += digits[mac[i] & 15];
  }
  return code;
}

}  // namespace

sticky_sessions::sticky_sessions(const config::upstream& from)
    : cookie_(*variable::parse("cookie." + from.sticky.cookie)) {
  const std::string key = key_of(from.sticky);
  for (const config::endpoint& each : from.endpoints) {
    codes_.push_back(code_of(key, from.name, each.url));
    set_cookies_.push_back(from.sticky.cookie + "=" + codes_.back() +
                           "; Path=/; HttpOnly; SameSite=Lax" +
                           (from.sticky.secure ? "; Secure" : ""));
  }
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    by_code_.emplace(codes_[i], static_cast<std::uint32_t>(i));
  }
}

std::optional<std::uint32_t> sticky_sessions::find(exchange& ex) const {
  const auto found = by_code_.find(cookie_.value(ex));
  if (found == by_code_.end()) return std::nullopt;
  return found->second;
}

void sticky_sessions::remember(exchange& ex, response& reply, std::size_t endpoint) const {
  if (find(ex) == endpoint) return;
  reply.head->fields.add(ex.memory, "Set-Cookie", set_cookies_[endpoint]);
}

}  // namespace ferroway::upstream
