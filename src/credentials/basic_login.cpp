#include "credentials/basic_login.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "credentials/consumer_name.hpp"
#include "credentials/password_hash.hpp"

namespace ferroway::credentials {
namespace {

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

basic_room::~basic_room() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

basic_login read_basic(std::string_view authorization, basic_room& room) noexcept {
  const std::size_t space = std::min(authorization.find_first_of(" \t"), authorization.size());
  basic_login made;
  made.is_there = equals_ignoring_case(authorization.substr(0, space), "basic");
  if (!made.is_there) return made;
  const auto flawed = [&made](const char* flaw) { return made.flaw = flaw, made; };
  const std::string_view text = trim(authorization.substr(space));
  if (text.size() > basic_text_bytes_max) return flawed("the login is too long");
  const auto decoded = decode_base64(text, room.begin());
  if (!decoded || text.empty()) return flawed("the login is no base64");
  if (std::ranges::any_of(*decoded, is_control)) {
    return flawed("the login holds control characters");
  }
  const std::size_t colon = decoded->find(':');
  if (colon == std::string_view::npos) return flawed("the login has no colon");
  made.user = decoded->substr(0, colon);
  made.password = decoded->substr(colon + 1);
  if (made.user.size() > consumer_name_bytes_max) return flawed("the user's name is too long");
  if (made.password.size() > password_bytes_max) return flawed("the password is too long");
  return made;
}

}  // namespace ferroway::credentials
