// The settings of jwt.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

constexpr value_type party{.is = value_is::text, .what = "a text, or `any`", .example = "any"};
constexpr value_type parties = types::list_of(party, "a list");
constexpr std::array party_forms{&party, &parties};
constexpr value_type party_or_list =
    types::any_of(party_forms, "a text, a list of texts, or `any`");

constexpr std::array<std::string_view, 13> every_algorithm{
    "EdDSA", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "HS256", "HS384", "HS512"};
constexpr std::array<std::string_view, 10> open_algorithms{
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"};
constexpr value_type algorithm = types::one_of(every_algorithm);
constexpr value_type open_algorithm = types::one_of(open_algorithms);
constexpr value_type key = types::mapping(keys::jwt_key);
constexpr value_type file{.is = value_is::text, .what = "a path", .example = "id.pem"};
constexpr value_type set_file{.is = value_is::text, .what = "a path", .example = "jwks.json"};
constexpr value_type set_url{.is = value_is::text,
                             .what = "a URL",
                             .pattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@]+(/.*)?$",
                             .example = "http://127.0.0.1:9010/jwks.json",
                             .digits = false};
constexpr value_type secret{.is = value_is::text,
                            .what = "a reference to a secret",
                            .pattern = "\\$\\{.+\\}",
                            .example = "${file:secret}"};
constexpr value_type scope{.is = value_is::text, .what = "a scope", .example = "orders:read"};
constexpr value_type claim_name{.is = value_is::text, .what = "a claim", .example = "sub"};
constexpr value_type claim_text{.is = value_is::text, .what = "a value", .example = "user"};
constexpr value_type claim_texts = types::list_of(claim_text, "a list of values");
constexpr std::array claim_text_forms{&claim_text, &claim_texts};
constexpr value_type claim_text_or_list =
    types::any_of(claim_text_forms, "a value, or a list of values");
constexpr value_type claim_mapping = types::mapping(keys::jwt_claim);
constexpr std::array claim_forms{&claim_text, &claim_mapping};
constexpr value_type claim =
    types::any_of(claim_forms, "a value, {one_of: [...]} or {contains: ...}");
constexpr value_type headers =
    types::pairs(claim_name, "header names and claims", types::header_name.pattern);
constexpr value_type cookie_name{.is = value_is::text,
                                 .what = "a cookie's name",
                                 .pattern = types::header_name.pattern,
                                 .example = "session"};
constexpr value_type query_name{
    .is = value_is::text, .what = "a parameter's name", .example = "access_token"};
constexpr value_type realm{.is = value_is::text, .what = "text", .example = "orders"};

// clang-format off
constexpr std::array jwt_keys{
    known_key{"issuer", party_or_list, required, "What `iss` must be, exactly; of several one."},
    known_key{"audience", party_or_list, required, "What `aud` must be or hold; of several one."},
    known_key{"keys", types::list_of(key, "a list of keys"), "", "The keys that tokens may be signed with."},
    known_key{"jwks_file", set_file, "", "A file with a key set (RFC 7517); read when the configuration is."},
    known_key{"jwks", set_url, "", "Where a key set is fetched, in the background."},
    known_key{"insecure", types::flag, "`false`", "Fetches `jwks` by http from elsewhere than loopback: whoever is between can put in keys."},
    known_key{"refresh", types::durations(10'000, 86'400'000), "`10m`", "How often `jwks` is fetched again, give or take a tenth."},
    known_key{"algorithms", types::list_of(open_algorithm, "a list of algorithms"), "what a key's own `alg` says, else `RS256`, its curve's, or `EdDSA`", "What keys of `jwks` and `jwks_file` may serve."},
    known_key{"leeway", types::durations(0, 600'000), "`30s`", "How far clocks may be apart, for `exp`, `nbf` and `iat`."},
    known_key{"require_exp", types::flag, "`true`", "Whether a token without `exp` is refused."},
    known_key{"scopes", types::list_of(scope, "a list of scopes"), "none", "All of them must be in `scope` (or `scp`); else 403."},
    known_key{"claims", types::pairs(claim, "claims and values"), "none", "What claims must be; else 403. `realm.roles` is a claim within another."},
    known_key{"cookie", cookie_name, "", "Takes the token from this cookie instead of `Authorization`."},
    known_key{"query", query_name, "", "Takes the token from this query parameter, which is never logged or sent on."},
    known_key{"strip", types::flag, "`false`", "Takes the token out of what is sent on."},
    known_key{"to_headers", headers, "none", "Headers for the upstream, each with a claim."},
    known_key{"consumer", claim_name, "none", "The claim that is the variable `consumer`."},
    known_key{"realm", realm, "none", "What `WWW-Authenticate` calls the protected space."},
    known_key{"cache", types::count(0, 1'000'000), "`4096`", "Tokens that each worker remembers once they were verified."},
    known_key{"optional", types::flag, "`false`", "Lets requests without a token pass, with none of `to_headers`."},
    known_key{"shadow", types::flag, "`false`", "Refuses nobody; counts and logs who would be refused."}};
constexpr std::array jwt_key_keys{
    known_key{"algorithm", algorithm, required, "The one that this key serves."},
    known_key{"id", types::text, "any", "The `kid` of the tokens that it is for."},
    known_key{"public_key_file", file, "", "A public key or a certificate in PEM."},
    known_key{"secret", secret, "", "At least 32 bytes, for `HS256` and the like: `${file:PATH}` or `${NAME}`."}};
constexpr std::array jwt_claim_keys{
    known_key{"one_of", claim_texts, "", "The values it may have."},
    known_key{"contains", claim_text_or_list, "", "What must be in the list."}};
// clang-format on
constexpr std::array<std::string_view, 3> key_sources{"keys", "jwks_file", "jwks"};
constexpr std::array<std::string_view, 2> key_forms{"public_key_file", "secret"};
constexpr std::array<std::string_view, 2> rule_forms{"one_of", "contains"};

}  // namespace

namespace keys {
constinit const key_table jwt{"`jwt`", jwt_keys, "jwt", true, true, key_sources};
constinit const key_table jwt_key{"a key of `jwt`", jwt_key_keys, "jwt_key", false, true,
                                  key_forms};
constinit const key_table jwt_claim{"a claim's rule", jwt_claim_keys, "jwt_claim", false, true,
                                    rule_forms};
}  // namespace keys

}  // namespace ferroway::config
