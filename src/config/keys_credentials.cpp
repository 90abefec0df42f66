// The settings of those who know consumers by a secret: api_key, basic_auth, hmac.
#include <array>

#include "config/known_keys.hpp"

namespace ferroway::config {
namespace {

using namespace std::string_view_literals;

constexpr value_type sha256{
    .is = value_is::text,
    .what = "the SHA-256 of a key",
    .pattern = "^(sha256:)?[0-9A-Fa-f]{64}$",
    .example = "sha256:f3a9a56f4bb9ab1d1f1a15d9f84d1d0f8e1a5e0a7e0ad14d6a3dd45dd7a8fbd1"};
constexpr value_type digests = types::list_of(sha256, "a list of them");
constexpr std::array digest_forms{&sha256, &digests};
constexpr value_type one_or_more = types::any_of(digest_forms, "a digest, or a list of them");
constexpr value_type keys_of_consumers =
    types::pairs(one_or_more, "consumers and the SHA-256 of their keys", types::consumer_pattern);
constexpr value_type keys_file{.is = value_is::text, .what = "a path", .example = "keys.txt"};
constexpr value_type users_file{.is = value_is::text, .what = "a path", .example = "htpasswd"};
constexpr value_type query_name{
    .is = value_is::text, .what = "a parameter's name", .example = "api_key"};
constexpr value_type groups = types::list_of(types::name, "a list of groups");
constexpr std::array facts{"consumer"sv, "groups"sv};
constexpr value_type fact = types::one_of(facts);
constexpr value_type headers = types::pairs(fact, "header names, each with `consumer` or `groups`",
                                            types::header_name.pattern);
constexpr value_type realm{.is = value_is::text, .what = "text", .example = "orders"};

constexpr value_type mac_key_id{.is = value_is::text,
                                .what = "a key's id",
                                .pattern = R"(^[!#-\[\]-~]{1,128}$)",
                                .example = "acme-2026"};
constexpr value_type consumer_name{.is = value_is::text,
                                   .what = "a consumer's name",
                                   .pattern = types::consumer_pattern,
                                   .example = "acme"};
constexpr value_type secret{.is = value_is::text,
                            .what = "a reference to a secret",
                            .pattern = "\\$\\{.+\\}",
                            .example = "${file:mac.secret}"};
constexpr value_type mac_key = types::mapping(keys::hmac_key);
constexpr value_type mac_keys_file{.is = value_is::text, .what = "a path", .example = "hmac.keys"};
constexpr value_type component{
    .is = value_is::text,
    .what = "`@method`, `@target-uri`, `@authority`, `@path`, `@query` or a header's name",
    .pattern = "^(@(method|target-uri|authority|path|query)|[!#$%&'*+.^_`|~0-9A-Za-z-]+)$",
    .example = "@method"};
constexpr value_type tag{.is = value_is::text,
                         .what = "a text",
                         .pattern = R"(^[ !#-\[\]-~]{1,256}$)",
                         .example = "orders"};

constexpr std::string_view groups_note = "Only consumers in one of them; 403 for others.";
constexpr std::string_view headers_note =
    "Headers that tell the upstream who asks: its name, or its groups with commas between.";
constexpr std::string_view realm_note = "What `WWW-Authenticate` calls the protected space.";
constexpr std::string_view shadow_note = "Refuses nobody; counts and logs who would be refused.";

// clang-format off
constexpr std::array api_key_keys{
    known_key{"keys", keys_of_consumers, "none", "Who has which key: a consumer's name, and the SHA-256 of its key or keys."},
    known_key{"keys_file", keys_file, "none", "A file with more of them, in each line a name and a digest; read when the configuration is."},
    known_key{"header", types::header_name, "`X-API-Key`", "Where the key stands. In `Authorization` it is a bearer token."},
    known_key{"query", query_name, "", "Takes the key from this query parameter instead, which is never logged or sent on."},
    known_key{"groups", groups, "none", groups_note},
    known_key{"to_headers", headers, "none", headers_note},
    known_key{"strip", types::flag, "`false`", "Takes the key out of what is sent on."},
    known_key{"realm", realm, "none", realm_note},
    known_key{"optional", types::flag, "`false`", "Lets requests without a key pass, with none of `to_headers`."},
    known_key{"shadow", types::flag, "`false`", shadow_note}};
constexpr std::array basic_auth_keys{
    known_key{"users_file", users_file, required, "Users and hashes of their passwords, as `htpasswd -B` writes them: bcrypt or SHA-crypt; read when the configuration is."},
    known_key{"realm", realm, "`restricted`", realm_note},
    known_key{"remember", types::durations(0, 3'600'000), "`5m`", "For how long a login that was right is not checked again."},
    known_key{"groups", groups, "none", groups_note},
    known_key{"to_headers", headers, "none", headers_note},
    known_key{"strip", types::flag, "`false`", "Takes `Authorization` out of what is sent on."},
    known_key{"optional", types::flag, "`false`", "Lets requests without a login pass, with none of `to_headers`."},
    known_key{"shadow", types::flag, "`false`", shadow_note}};
constexpr std::array hmac_keys{
    known_key{"keys", types::list_of(mac_key, "a list of keys"), "none", "The keys: their ids, whose they are, and their secrets."},
    known_key{"keys_file", mac_keys_file, "none", "A file with more of them, in each line an id, a consumer's name and a secret in base64; read when the configuration is."},
    known_key{"components", types::list_of(component, "a list of components"), "the method, the authority, the path and the query", "What each signature has to cover. `@target-uri` covers the authority, the path and the query too."},
    known_key{"content_digest", types::flag, "`true`", "Where there is a body, its `Content-Digest` has to be signed too."},
    known_key{"body_bytes", types::sizes(0, std::int64_t{16} << 20), "`1MiB`", "The largest body that is held to be compared with its signed `Content-Digest`; 413 over it."},
    known_key{"max_age", types::durations(1000, 86'400'000), "`5m`", "How old a signature may be, by its `created`."},
    known_key{"leeway", types::durations(0, 600'000), "`30s`", "How far clocks may be apart."},
    known_key{"nonces", types::count(1, 1'000'000), "none", "Each signature needs a `nonce` that its key has not used before; so many are remembered."},
    known_key{"tag", tag, "any", "The `tag` of the signature that counts."},
    known_key{"groups", groups, "none", groups_note},
    known_key{"to_headers", headers, "none", headers_note},
    known_key{"strip", types::flag, "`false`", "Takes `Signature` and `Signature-Input` out of what is sent on."},
    known_key{"realm", realm, "none", realm_note},
    known_key{"optional", types::flag, "`false`", "Lets requests without a signature pass, with none of `to_headers`."},
    known_key{"shadow", types::flag, "`false`", shadow_note}};
constexpr std::array hmac_key_keys{
    known_key{"id", mac_key_id, required, "The `keyid` of its signatures."},
    known_key{"consumer", consumer_name, required, "Whose it is."},
    known_key{"secret", secret, required, "At least 32 bytes in base64, from outside the file."}};
// clang-format on
constexpr std::array key_sources{"keys"sv, "keys_file"sv};

}  // namespace

namespace keys {
constinit const key_table api_key{"`api_key`", api_key_keys, "api_key",  true,
                                  true,        {},           key_sources};
constinit const key_table hmac{"`hmac`", hmac_keys, "hmac", true, true, {}, key_sources};
constinit const key_table hmac_key{"a key of `hmac`", hmac_key_keys, "hmac_key"};
constinit const key_table basic_auth{"`basic_auth`", basic_auth_keys, "basic_auth", true};
}  // namespace keys

}  // namespace ferroway::config
