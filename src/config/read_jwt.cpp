// `jwt`: whose tokens, for whom, what they must say, and what is made of it. Its keys are read in
// read_jwt_keys.cpp.
#include <algorithm>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"
#include "config/tokens.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

constexpr std::size_t list_max = 64;  // issuers, scopes, claims, values of one

bool is_short(reading& in, const node& from, std::string_view key, std::size_t count) {
  if (count <= list_max) return true;
  in.report.error(from.at, "`" + std::string(key) + "` has more than 64 entries");
  return false;
}

// Texts, one or a list of them.
std::vector<std::string> read_texts(reading& in, const node& from, std::string_view key,
                                    std::string_view what) {
  std::vector<std::string> made;
  const auto add = [&](const node& item) {
    auto text = read_text(in, item, key, what);
    if (!text) return;
    if (std::ranges::find(made, *text) != made.end()) {
      return in.report.error(item.at, shown(item.text) + " stands here twice");
    }
    made.push_back(std::move(*text));
  };
  if (!from.is_list()) {
    add(from);
  } else if (is_filled_list(in, from, key, what) && is_short(in, from, key, from.items.size())) {
    for (const node* item : from.items) add(*item);
  }
  return made;
}

// `issuer` and `audience`: to leave one out is a decision, so it is written down.
void read_party(reading& in, const node& from, const fields& all, std::string_view key,
                std::vector<std::string>& into) {
  const std::string name(key);
  const node* given = all.find(key);
  if (given == nullptr) {
    if (!all.meant(key)) {
      in.report.error(from.at, "`jwt` without `" + name + "`",
                      "write whose tokens are taken, or `" + name + ": any`");
    }
    return;
  }
  into = read_texts(in, *given, key, "a text, or `any`");
  if (std::ranges::find(into, "any") == into.end()) return;
  if (into.size() > 1) in.report.error(given->at, "`any` stands alone in `" + name + "`");
  into.clear();
}

std::optional<std::string> read_claim_name(reading& in, const node& from, std::string_view key) {
  constexpr std::string_view what = "a claim such as sub or realm.roles";
  auto name = read_text(in, from, key, what);
  if (name && name->size() > name_bytes_max * 2) {
    expected(in, from, key, "a claim's name of at most 256 bytes");
    return std::nullopt;
  }
  return name;
}

class claims_reader {
 public:
  claims_reader(reading& in, std::vector<used_variable>& variables)
      : in_(in), variables_(variables) {}

  void read(const node& from, std::vector<jwt_claim>& into) {
    if (!is_mapping(in_, from, "claims", "claims and values such as {role: admin}")) return;
    if (!is_short(in_, from, "claims", from.items.size() / 2)) return;
    for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
      auto path = read_claim_name(in_, *from.items[i], "claims");
      if (!path) continue;
      jwt_claim made{std::move(*path)};
      if (read_rule(*from.items[i + 1], made)) into.push_back(std::move(made));
    }
  }

 private:
  bool read_rule(const node& from, jwt_claim& into) {
    if (!from.is_mapping()) return add(from, into.path, into);
    const fields all(in_, from, keys::jwt_claim);
    const node* one_of = all.find("one_of");
    const node* contains = all.find("contains");
    if ((one_of == nullptr) == (contains == nullptr)) {
      if (one_of != nullptr || (!all.meant("one_of") && !all.meant("contains"))) {
        in_.report.error(from.at, "a claim's rule is {one_of: [...]} or {contains: ...}");
      }
      return false;
    }
    into.is = one_of != nullptr ? jwt_claim::kind::one_of : jwt_claim::kind::contains;
    const std::string_view key = one_of != nullptr ? "one_of" : "contains";
    const node& values = one_of != nullptr ? *one_of : *contains;
    if (!values.is_list() && contains != nullptr) return add(values, key, into);
    if (!is_filled_list(in_, values, key, "values")) return false;
    if (!is_short(in_, values, key, values.items.size())) return false;
    return std::ranges::all_of(values.items,
                               [&](const node* item) { return add(*item, key, into); });
  }

  // Plain words, numbers, true and false are texts too: claims are compared as text.
  bool add(const node& from, std::string_view key, jwt_claim& into) {
    if (from.is_scalar() && from.plain && (from.text == "true" || from.text == "false")) {
      into.values.push_back({{false, std::string(from.text)}});
      return true;
    }
    auto value = read_template(in_, from, key);
    if (!value) return false;
    if (value->empty()) {
      expected(in_, from, key, "a value that is not empty");
      return false;
    }
    for (const template_piece& each : *value) {
      if (each.is_variable) variables_.push_back({each.text, from.at});
    }
    into.values.push_back(std::move(*value));
    return true;
  }

  reading& in_;
  std::vector<used_variable>& variables_;
};

void read_place(reading& in, const fields& all, jwt_middleware& into) {
  const node* cookie = all.find("cookie");
  const node* query = all.find("query");
  if (cookie != nullptr && query != nullptr) {
    in.report.error(all.at("query"), "a token comes from one place: `cookie` or `query`",
                    "for another place use a second `jwt`");
  } else if (cookie != nullptr) {
    constexpr std::string_view what = "a cookie's name";
    const auto name = read_text(in, *cookie, "cookie", what);
    if (name && !is_token(*name)) return expected(in, *cookie, "cookie", what);
    into.place = token_place::cookie;
    into.place_name = name.value_or("");
  } else if (query != nullptr) {
    into.place = token_place::query;
    into.place_name = read_text(in, *query, "query", "a parameter's name").value_or("");
  }
}

void read_to_headers(reading& in, const node& from, jwt_middleware& into) {
  if (!is_mapping(in, from, "to_headers", "headers and claims such as {X-User: sub}")) return;
  if (!is_short(in, from, "to_headers", from.items.size() / 2)) return;
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    auto name = read_header_name(in, *from.items[i], {true, true});
    auto claim = read_claim_name(in, *from.items[i + 1], "to_headers");
    if (!name || !claim || !is_no_clients(in, *from.items[i], "to_headers")) continue;
    const auto same = [&](const auto& each) { return equals_ignoring_case(each.first, *name); };
    if (std::ranges::any_of(into.to_headers, same)) {
      in.report.error(from.items[i]->at, "the header " + shown(*name) + " stands here twice",
                      "header names are the same in upper and lower case");
      continue;
    }
    into.to_headers.emplace_back(std::move(*name), std::move(*claim));
  }
}

bool is_scope(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// They stand in WWW-Authenticate, between quotes.
void read_shown_texts(reading& in, const fields& all, jwt_middleware& into) {
  if (const node* scopes = all.find("scopes")) {
    constexpr std::string_view what = "scopes such as orders:read (RFC 6749, 3.3)";
    if (is_filled_list(in, *scopes, "scopes", "scopes")) {
      into.scopes = read_texts(in, *scopes, "scopes", what);
    }
    if (!std::ranges::all_of(into.scopes, is_scope)) expected(in, *scopes, "scopes", what);
  }
  if (const node* realm = all.find("realm")) {
    into.realm = read_text(in, *realm, "realm", "a text").value_or("");
    const bool plain = std::ranges::all_of(
        into.realm, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (!plain) expected(in, *realm, "realm", "a text of visible ASCII without quotes");
  }
}

}  // namespace

std::optional<jwt_middleware> read_jwt(reading& in, const node& from,
                                       std::vector<used_variable>& variables) {
  constexpr std::string_view what =
      "settings such as {issuer: https://id.example.com, audience: orders, jwks_file: jwks.json}";
  if (!is_mapping(in, from, "jwt", what)) return std::nullopt;
  const fields all(in, from, keys::jwt);
  jwt_middleware made;
  read_party(in, from, all, "issuer", made.issuers);
  read_party(in, from, all, "audience", made.audiences);
  const bool has_keys = read_jwt_keys(in, from, all, made);
  all.read("insecure", made.insecure);
  all.read("refresh", made.refresh);
  all.read("leeway", made.leeway);
  all.read("require_exp", made.expiry_required);
  read_shown_texts(in, all, made);
  if (const node* claims = all.find("claims")) {
    claims_reader(in, variables).read(*claims, made.claims);
  }
  read_place(in, all, made);
  all.read("strip", made.strip);
  if (const node* headers = all.find("to_headers")) read_to_headers(in, *headers, made);
  if (const node* consumer = all.find("consumer")) {
    made.consumer = read_claim_name(in, *consumer, "consumer").value_or("");
  }
  all.read("cache", made.cache);
  all.read("optional", made.optional);
  all.read("shadow", made.shadow);
  if (!has_keys) return std::nullopt;
  return made;
}

}  // namespace ferroway::config
