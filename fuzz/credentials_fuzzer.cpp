// Logins as clients show them; files of keys and of users as somebody wrote them.
#include <cstdint>
#include <string_view>

#include "credentials/basic_login.hpp"
#include "credentials/consumer_name.hpp"
#include "credentials/key_list.hpp"
#include "credentials/password_hash.hpp"
#include "credentials/user_list.hpp"
#include "require.hpp"

namespace {

using namespace ferroway;

void read_login(std::string_view text) {
  credentials::basic_room room;
  const auto login = credentials::read_basic(text, room);
  if (!login.is_there || login.flaw != nullptr) return;
  fuzz::require(login.user.size() <= credentials::consumer_name_bytes_max, "names are bounded");
  fuzz::require(login.password.size() <= credentials::password_bytes_max, "so are passwords");
  fuzz::require(!login.user.contains(':'), "a name has no colon");
  for (const char c : login.password) fuzz::require(c != '\0', "no password ends early");
}

void read_lists(std::string_view text) {
  if (const auto keys = credentials::parse_key_list(text)) {
    for (const credentials::listed_key& each : *keys) {
      fuzz::require(credentials::is_consumer_name(each.consumer), "consumers have names");
      fuzz::require(credentials::parse_digest(credentials::to_text(each.sha256)) == each.sha256,
                    "a digest reads back");
    }
  } else {
    fuzz::require(keys.error().line > 0, "a line is to blame");
  }
  const auto users = credentials::parse_user_list(text);
  if (!users) return fuzz::require(users.error().line > 0, "a line is to blame");
  for (const credentials::listed_user& each : *users) {
    fuzz::require(credentials::is_consumer_name(each.name), "users have names");
    fuzz::require(credentials::flaw_of_hash(each.hash) == nullptr, "hashes are without flaw");
    fuzz::require(!each.hash.contains('\0'), "and texts of C");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  read_login(text);
  read_lists(text);
  return 0;
}
