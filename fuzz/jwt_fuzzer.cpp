// Tokens, as clients send them: whatever comes, it is refused or it is one of those that these keys
// have signed. The text is used as it is; with '!' before it, what follows is a payload that is
// signed here, so that the claims' reader sees it too.
#include <cstdint>
#include <string>
#include <string_view>

#include "jwt/mint.hpp"
#include "jwt/verifier.hpp"
#include "require.hpp"

namespace ferroway::fuzz {
namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
// RFC 8037, A.2: its private half is not at hand, so nothing may pass for signed by it.
constexpr std::string_view other_key =
    "\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a"
    "\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a";

jwt::policy asked() {
  jwt::policy made;
  made.issuers = {"joe"};
  made.audiences = {"orders"};
  made.scopes = {"read"};
  made.rules.push_back({"realm.roles", jwt::claim_rule::kind::contains, {"a"}});
  made.kept = {"sub", "realm.roles", "a.b.c"};
  return made;
}

}  // namespace
}  // namespace ferroway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace ferroway;
  static const jwt::policy by = fuzz::asked();
  static const jwt::signing_key signer =
      *jwt::signing_key::from_secret(std::string(fuzz::secret), jwt::algorithm::hs256);
  static const jwt::key_set keys = [] {
    jwt::key_set made;
    made.add(*jwt::key::from_secret(fuzz::secret, jwt::algorithm::hs256));
    made.add(*jwt::key::from_ed25519(fuzz::other_key));
    return made;
  }();
  static jwt::verifier worker;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const bool payload = text.starts_with('!');
  const std::string token =
      payload ? jwt::mint(R"({"alg":"HS256"})", text.substr(1), signer) : std::string(text);
  const auto made = worker.verify(token, keys, by);
  if (!made) {
    fuzz::require(jwt::to_string(made.error())[0] != '\0', "a refusal has a reason");
    return 0;
  }
  fuzz::require(made->expires.has_value(), "a token without `exp` is refused");
  fuzz::require(made->kept.size() == by.kept.size(), "all that is asked for is kept");
  const auto again = worker.verify(token, keys, by);
  fuzz::require(again && again->expires == made->expires, "the same token says the same again");
  return 0;
}
