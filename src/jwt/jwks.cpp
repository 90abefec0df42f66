#include "jwt/jwks.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "jwt/base64url.hpp"
#include "jwt/json.hpp"

namespace ferroway::jwt {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 8> private_members{"d",  "p",  "q",   "dp",
                                                          "dq", "qi", "oth", "k"};

bool has_private_half(const object& from) {
  return std::ranges::any_of(private_members,
                             [&](std::string_view name) { return member(from, name).has_value(); });
}

bool is_for_checking(const object& from) {
  if (const auto use = member(from, "use"); use && text_of(*use) != "sig") return false;
  const auto given = member(from, "key_ops");
  if (!given) return true;
  array operations;
  if (given->get(operations) != simdjson::SUCCESS) return false;
  return std::any_of(operations.begin(), operations.end(),
                     [](const element& each) { return text_of(each) == "verify"; });
}

// Nothing where it names one that this is not for.
std::optional<algorithms> algorithms_of(const object& from, algorithms allowed) {
  const auto given = member(from, "alg");
  if (!given) {
    // One key for several ways to sign is a choice for whoever configures it.
    if (allowed == public_algorithms()) {
      return algorithms{algorithm::rs256, algorithm::es256, algorithm::es384, algorithm::es512,
                        algorithm::eddsa};
    }
    return allowed;
  }
  const auto name = text_of(*given);
  const auto named = name ? algorithm_of(*name) : std::nullopt;
  if (!named || !allowed.has(*named)) return std::nullopt;
  return algorithms{*named};
}

std::optional<std::string> bytes_member(const object& from, std::string_view name) {
  const auto text = text_member(from, name);
  return text ? decode_base64url(*text) : std::nullopt;
}

std::optional<key_kind> curve_of(const object& from) {
  const auto name = text_member(from, "crv");
  if (name == "P-256") return key_kind::p256;
  if (name == "P-384") return key_kind::p384;
  if (name == "P-521") return key_kind::p521;
  return std::nullopt;
}

std::optional<key> taken(key::made made) {
  if (!made) return std::nullopt;
  return std::move(*made);
}

std::optional<key> make(const object& from, algorithms serve) {
  const auto kind = text_member(from, "kty");
  if (kind == "RSA") {
    const auto n = bytes_member(from, "n"), e = bytes_member(from, "e");
    if (!n || !e || n->size() > rsa_bits_max / 8 + 1 || e->size() > 8) return std::nullopt;
    return taken(key::from_rsa(*n, *e, serve));
  }
  if (kind == "EC") {
    const auto x = bytes_member(from, "x"), y = bytes_member(from, "y");
    const auto curve = curve_of(from);
    if (!curve || !x || !y || (algorithms_for(*curve) & serve).empty()) return std::nullopt;
    return taken(key::from_curve(*curve, *x, *y));
  }
  if (kind == "OKP" && text_member(from, "crv") == "Ed25519" && serve.has(algorithm::eddsa)) {
    const auto x = bytes_member(from, "x");
    return x ? taken(key::from_ed25519(*x)) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<key> read_key(const element& from, algorithms allowed, std::set<std::string>& ids) {
  object members;
  if (from.get(members) != simdjson::SUCCESS) return std::nullopt;
  if (has_private_half(members) || !is_for_checking(members)) return std::nullopt;
  const auto serve = algorithms_of(members, allowed);
  if (!serve) return std::nullopt;
  std::optional<key> made = make(members, *serve);
  const auto id = member(members, "kid");
  if (!made || !id) return made;
  const auto name = text_of(*id);
  if (!name || name->size() > key_id_bytes_max) return std::nullopt;
  if (!ids.emplace(*name).second) return std::nullopt;
  made->call(std::string(*name));
  return made;
}

}  // namespace

algorithms public_algorithms() noexcept {
  return {algorithm::rs256, algorithm::rs384, algorithm::rs512, algorithm::ps256, algorithm::ps384,
          algorithm::ps512, algorithm::es256, algorithm::es384, algorithm::es512, algorithm::eddsa};
}

std::expected<read_jwks, std::string> parse_jwks(std::string_view text, algorithms allowed) {
  if (text.size() > jwks_bytes_max) return std::unexpected("it is larger than 256 KiB");
  json_reader reader(std::max<std::size_t>(text.size(), 1));
  const auto root = reader.read(text);
  if (!root) return std::unexpected("it is no JSON object, or not a strict one");
  const auto given = member(*root, "keys");
  array items;
  if (!given || given->get(items) != simdjson::SUCCESS) {
    return std::unexpected("it is no key set: it has no list `keys`");
  }
  if (items.size() > jwks_keys_max) return std::unexpected("it has more than 100 keys");
  read_jwks made;
  std::set<std::string> ids;
  for (const element each : items) {
    if (auto one = read_key(each, allowed, ids)) {
      made.keys.add(std::move(*one));
    } else {
      ++made.skipped;
    }
  }
  if (made.keys.empty()) return std::unexpected("it has no key that can be used here");
  return made;
}

}  // namespace ferroway::jwt
