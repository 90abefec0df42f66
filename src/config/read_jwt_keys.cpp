// The keys of `jwt`: in the file, in files beside it, or at an address. What is at hand is read to
// its end here, so that a key which will not do is told with its position.
#include <algorithm>

#include "base/text.hpp"
#include "config/host_pattern.hpp"
#include "config/read_middlewares.hpp"
#include "config/substitute.hpp"
#include "jwt/jwks.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t keys_max = 64;

std::string joined(const template_text& pieces) {
  std::string all;
  for (const template_piece& each : pieces) all += each.text;
  return all;
}

class key_reader {
 public:
  key_reader(reading& in, const node& from) : in_(in), from_(from), all_(in, from, keys::jwt_key) {}

  std::optional<jwt_key> read() {
    const auto by = read_algorithm();
    if (const node* id = all_.find("id")) {
      made_.id = read_text(in_, *id, "id", "a text").value_or("");
      if (made_.id.size() > jwt::key_id_bytes_max) {
        expected(in_, *id, "id", "a text of at most 256 bytes");
      }
    }
    const node* secret = all_.find("secret");
    const node* file = all_.find("public_key_file");
    if ((secret == nullptr) == (file == nullptr)) {
      if (secret != nullptr || (!all_.meant("secret") && !all_.meant("public_key_file"))) {
        in_.report.error(from_.at, "a key has a `public_key_file` or a `secret`");
      }
      return std::nullopt;
    }
    if (!by) return std::nullopt;
    const bool right = secret != nullptr ? take_secret(*secret, *by) : take_file(*file, *by);
    if (!right) return std::nullopt;
    return std::move(made_);
  }

 private:
  std::optional<jwt::algorithm> read_algorithm() {
    const node* given = all_.find("algorithm");
    if (given == nullptr) {
      if (!all_.meant("algorithm")) {
        in_.report.error(from_.at, "a key without its `algorithm`", "such as {algorithm: RS256}");
      }
      return std::nullopt;
    }
    constexpr std::string_view what = "an algorithm such as RS256, ES256, EdDSA or HS256";
    const auto name = read_text(in_, *given, "algorithm", what);
    if (!name) return std::nullopt;
    made_.algorithm = *name;
    const auto by = jwt::algorithm_of(*name);
    if (!by) {
      const bool none = equals_ignoring_case(*name, "none");
      expected(in_, *given, "algorithm", what,
               none ? "a token that nobody signed is nobody's" : "");
    }
    return by;
  }

  bool take_secret(const node& from, jwt::algorithm by) {
    auto secret = read_shared_secret(in_, from, all_.at("secret"), "jwt.secret");
    if (!secret) return false;
    if (!fits(from, "secret", jwt::key::from_secret(joined(*secret), by))) return false;
    made_.secret = std::move(*secret);
    return true;
  }

  bool take_file(const node& from, jwt::algorithm by) {
    auto text = read_file_beside(in_, from, "public_key_file", made_.file);
    if (!text || !fits(from, "public_key_file", jwt::key::from_pem(*text, by))) return false;
    made_.text = std::move(*text);
    return true;
  }

  bool fits(const node& from, const std::string& key, const jwt::key::made& made) {
    if (made) return true;
    in_.report.error(from.at, "`" + key + "`: " + made.error());
    return false;
  }

  reading& in_;
  const node& from_;
  const fields all_;
  jwt_key made_;
};

bool read_keys(reading& in, const node& from, jwt_middleware& into) {
  if (!is_filled_list(in, from, "keys",
                      "keys such as {algorithm: RS256, public_key_file: id.pem}")) {
    return false;
  }
  if (from.items.size() > keys_max) {
    in.report.error(from.at, "`keys` has more than 64 keys");
    return false;
  }
  for (const node* item : from.items) {
    if (!is_mapping(in, *item, "keys",
                    "a key such as {algorithm: RS256, public_key_file: id.pem}")) {
      continue;
    }
    if (auto one = key_reader(in, *item).read()) into.keys.push_back(std::move(*one));
  }
  return into.keys.size() == from.items.size();
}

jwt::algorithms allowed(const std::vector<std::string>& names) {
  if (names.empty()) return jwt::public_algorithms();
  jwt::algorithms made;
  for (const std::string& each : names) made.add(*jwt::algorithm_of(each));
  return made;
}

void read_algorithms(reading& in, const node& from, std::vector<std::string>& into) {
  constexpr std::string_view what = "algorithms of public keys such as RS256, ES256 or EdDSA";
  if (!is_filled_list(in, from, "algorithms", what)) return;
  for (const node* item : from.items) {
    const auto name = read_text(in, *item, "algorithms", what);
    if (!name) continue;
    const auto by = jwt::algorithm_of(*name);
    if (!by || !jwt::public_algorithms().has(*by)) {
      expected(in, *item, "algorithms", what);
    } else if (std::ranges::find(into, *name) == into.end()) {
      into.push_back(*name);
    }
  }
}

bool read_set_file(reading& in, const node& from, jwt_middleware& into) {
  auto text = read_file_beside(in, from, "jwks_file", into.jwks_file);
  if (!text) return false;
  const auto read = jwt::parse_jwks(*text, allowed(into.algorithms));
  if (!read) {
    in.report.error(from.at, "`jwks_file`: " + read.error());
    return false;
  }
  into.jwks_text = std::move(*text);
  return true;
}

// "http://10.0.0.1:8080/jwks.json", taken apart.
class address_reader {
 public:
  address_reader(reading& in, const node& from) : in_(in), from_(from) {}

  std::optional<jwks_address> read(bool insecure) {
    const auto text = read_text(in_, from_, "jwks", what);
    if (!text) return std::nullopt;
    jwks_address made{*text};
    std::string_view rest = *text;
    if (!take_scheme(rest)) return std::nullopt;
    const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
    made.authority = rest.substr(0, slash);
    made.target = rest.substr(slash);
    if (!made.target.starts_with('/')) made.target.insert(0, "/");
    const bool sendable =
        std::ranges::all_of(made.target, [](char c) { return c > ' ' && c <= '~' && c != '#'; });
    if (!sendable) return refuse("a URL without blanks, fragments and other letters than ASCII");
    const auto at = place_of(made.authority);
    if (!at) return std::nullopt;
    if (!at->ip().is_loopback() && !insecure) {
      in_.report.error(from_.at,
                       "`jwks` by http from another machine: whoever is between can put in keys",
                       "`insecure: true` takes the risk; `jwks_file` does not");
      return std::nullopt;
    }
    made.at = *at;
    return made;
  }

 private:
  static constexpr std::string_view what = "a URL such as http://127.0.0.1:9010/jwks.json";

  std::nullopt_t refuse(std::string_view wanted, std::string hint = {}) {
    expected(in_, from_, "jwks", wanted, std::move(hint));
    return std::nullopt;
  }

  bool take_scheme(std::string_view& rest) {
    const std::size_t end = rest.find("://");
    const std::string scheme = lower_case(rest.substr(0, end));
    if (end == std::string_view::npos || (scheme != "http" && scheme != "https")) {
      refuse(what);
      return false;
    }
    if (scheme == "https") {
      in_.report.error(from_.at, "`jwks`: https is not supported until the gateway speaks TLS",
                       "`jwks_file` reads a key set that something else fetches");
      return false;
    }
    rest.remove_prefix(end + 3);
    return true;
  }

  std::optional<io::address> place_of(std::string_view authority) {
    if (authority.contains('@')) {
      in_.report.error(from_.at, "a user name in the URL of `jwks`", "leave it out");
      return std::nullopt;
    }
    const auto parts = split_authority(authority);
    if (!parts) return refuse(what);
    const auto port =
        parts->port.empty() ? std::optional<std::uint64_t>(80) : parse_decimal(parts->port);
    if (!port || *port == 0 || *port > 65535) return refuse("a port from 1 to 65535");
    const std::string_view host = parts->host;
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    std::string_view literal = bracketed ? host.substr(1, host.size() - 2) : host;
    if (equals_ignoring_case(literal, "localhost")) literal = "127.0.0.1";
    const auto ip = io::ip_address::parse(literal);
    if (ip && bracketed == literal.contains(':')) {
      return io::address::of_ip(*ip, static_cast<std::uint16_t>(*port));
    }
    if (!bracketed && is_host_name(lower_case(literal))) {
      in_.report.error(from_.at, "the host name in `jwks` is not supported yet: names need DNS",
                       "use an IP address");
      return std::nullopt;
    }
    return refuse(what);
  }

  reading& in_;
  const node& from_;
};

}  // namespace

std::optional<template_text> read_shared_secret(reading& in, const node& from, position key,
                                                const std::string& such_as) {
  const position at = from.at.line == key.line ? from.at : key;
  const std::string example = "\"${file:" + such_as + "}\"";
  if (!from.is_scalar() || from.is_null()) {
    expected(in, from, "secret", "a reference to a secret, such as " + example);
    return std::nullopt;
  }
  auto secret = substitute(in, from, "secret", variables_allowed::no, text_bytes_max);
  if (!secret) return std::nullopt;
  const bool literal =
      secret->empty() || std::ranges::any_of(*secret, [](const template_piece& piece) {
        return piece.origin.empty() || piece.origin.find(":-") != std::string::npos;
      });
  if (!literal) return secret;
  in.report.error(
      at, "`secret` stands in the configuration itself",
      "put it into a file of its own: " + example + ", or into the environment: \"${JWT_SECRET}\"");
  return std::nullopt;
}

bool read_jwt_keys(reading& in, const node& from, const fields& all, jwt_middleware& into) {
  const node* listed = all.find("keys");
  const node* file = all.find("jwks_file");
  const node* url = all.find("jwks");
  const auto given = std::ranges::count_if(std::initializer_list<const node*>{listed, file, url},
                                           [](const node* each) { return each != nullptr; });
  if (given == 0) {
    if (!all.meant("keys") && !all.meant("jwks_file") && !all.meant("jwks")) {
      in.report.error(from.at, "`jwt` without keys", "give it `keys`, `jwks_file` or `jwks`");
    }
    return false;
  }
  if (given > 1) {
    in.report.error(from.at, "keys come from one place: `keys`, `jwks_file` or `jwks`");
    return false;
  }
  if (const node* algorithms = all.find("algorithms")) {
    read_algorithms(in, *algorithms, into.algorithms);
    if (listed != nullptr) {
      in.report.error(all.at("algorithms"), "`algorithms` is for key sets",
                      "each of `keys` has its own `algorithm`");
    }
  }
  if (listed != nullptr) return read_keys(in, *listed, into);
  if (file != nullptr) return read_set_file(in, *file, into);
  bool insecure = false;
  if (const node* flag = all.find("insecure")) insecure = flag->text == "true";
  auto address = address_reader(in, *url).read(insecure);
  if (!address) return false;
  into.jwks = std::move(*address);
  return true;
}

}  // namespace ferroway::config
