#include "cli/test/token.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "config/read_file.hpp"
#include "config/readers.hpp"
#include "config/scalar.hpp"

namespace ferroway::cli {
namespace {

using config::fields;
using config::key_table;
using config::known_key;
using config::node;
using config::reading;
using json = nlohmann::ordered_json;

constexpr std::array token_keys{known_key{"key"}, known_key{"header"}, known_key{"claims"},
                                known_key{"cookie"}, known_key{"query"}};
constexpr std::array key_keys{known_key{"algorithm"}, known_key{"id"}, known_key{"secret"},
                              known_key{"private_key_file"}};
const key_table token_table{"`token`", token_keys};
const key_table key_of_token_table{"a token's key", key_keys};

constexpr std::size_t key_file_bytes_max = 64 * 1024;

// What stands there in YAML 1.2: plain words are what they look like, quoted ones are text.
json value_of(const node& from);

json scalar_value(const node& from) {
  if (from.is_null()) return nullptr;
  std::string text(from.text);
  if (!from.plain) return text;
  if (text == "true" || text == "false") return text == "true";
  const json number = json::parse(text, nullptr, false);
  return number.is_number() ? number : json(text);
}

json value_of(const node& from) {
  if (from.is_list()) {
    json made = json::array();
    for (const node* item : from.items) made.push_back(value_of(*item));
    return made;
  }
  if (!from.is_mapping()) return scalar_value(from);
  json made = json::object();
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    made[std::string(from.items[i]->text)] = value_of(*from.items[i + 1]);
  }
  return made;
}

std::optional<jwt::signing_key> taken(reading& in, const node& from, jwt::signing_key::made made) {
  if (made) return std::move(*made);
  in.report.error(from.at, "`key`: " + made.error());
  return std::nullopt;
}

std::optional<jwt::signing_key> read_private_key(reading& in, const node& from, jwt::algorithm by) {
  auto path = config::read_text(in, from, "private_key_file", "the path of a file");
  if (!path) return std::nullopt;
  if (path->front() != '/' && !in.folder.empty()) path = in.folder + "/" + *path;
  const config::file_text read = config::read_file(*path, key_file_bytes_max);
  if (!read.problem.empty()) {
    in.report.error(from.at, "the file cannot be read: " + read.problem);
    return std::nullopt;
  }
  return taken(in, from, jwt::signing_key::from_pem(read.text, by));
}

std::optional<jwt::signing_key> read_key(reading& in, const node& from, json& header) {
  constexpr std::string_view what = "a key such as {algorithm: ES256, private_key_file: id.pem}";
  if (!config::is_mapping(in, from, "key", what)) return std::nullopt;
  const fields all(in, from, key_of_token_table);
  const node* name = all.find("algorithm");
  const node* secret = all.find("secret");
  const node* file = all.find("private_key_file");
  const auto by = name == nullptr ? std::nullopt : jwt::algorithm_of(name->text);
  if (!by || (secret == nullptr) == (file == nullptr)) {
    expected(in, from, "key", what);
    return std::nullopt;
  }
  header["alg"] = jwt::to_string(*by);
  if (const node* id = all.find("id")) header["kid"] = id->text;
  if (file != nullptr) return read_private_key(in, *file, *by);
  const auto text = config::read_text(in, *secret, "secret", "a secret");
  if (!text) return std::nullopt;
  return taken(in, *secret, jwt::signing_key::from_secret(*text, *by));
}

void read_claims(reading& in, const node& from, test_token& into) {
  if (!config::is_mapping(in, from, "claims", "claims such as {sub: alice}")) return;
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const std::string name(from.items[i]->text);
    const node& value = *from.items[i + 1];
    const bool time = name == "exp" || name == "nbf" || name == "iat";
    if (name == "exp")
      std::erase_if(into.times, [](const auto& each) { return each.first == "exp"; });
    if (const auto apart = time ? relative_time(value) : std::nullopt) {
      into.times.emplace_back(name, *apart);
    } else if (!(name == "exp" && value.is_null())) {
      into.claims.emplace_back(name, value_of(value).dump());
    }
  }
}

}  // namespace

std::optional<duration> relative_time(const node& from) {
  if (!from.is_scalar() || from.text.size() < 2) return std::nullopt;
  const char sign = from.text.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto length = config::parse_duration(from.text.substr(1));
  if (!length) return std::nullopt;
  return sign == '+' ? *length : -*length;
}

std::string test_token::minted(wall_time now) const {
  std::string payload;
  const auto add = [&](const std::string& name, const std::string& value) {
    payload += (payload.empty() ? "{" : ",") + json(name).dump() + ":" + value;
  };
  for (const auto& [name, value] : claims) add(name, value);
  for (const auto& [name, apart] : times) {
    const auto at =
        std::chrono::duration_cast<std::chrono::seconds>((now + apart).time_since_epoch());
    add(name, std::to_string(at.count()));
  }
  return jwt::mint(header, payload.empty() ? "{}" : payload + "}", key);
}

void test_token::add_to(server::rehearsal_request& request, wall_time now) const {
  const std::string token = minted(now);
  if (!query.empty()) {
    request.target += (request.target.contains('?') ? "&" : "?") + query + "=" + token;
  } else if (!cookie.empty()) {
    request.headers.emplace_back("Cookie", cookie + "=" + token);
  } else {
    request.headers.emplace_back("Authorization", "Bearer " + token);
  }
}

std::optional<test_token> read_token(reading& in, const node& from) {
  constexpr std::string_view what = "a token such as {key: {...}, claims: {sub: alice}}";
  if (!config::is_mapping(in, from, "token", what)) return std::nullopt;
  const fields all(in, from, token_table);
  const node* key = all.find("key");
  if (key == nullptr) {
    in.report.error(from.at, "a `token` without its `key`");
    return std::nullopt;
  }
  json header = json::object();
  auto signer = read_key(in, *key, header);
  if (!signer) return std::nullopt;
  if (const node* more = all.find("header")) {
    const json given = value_of(*more);
    if (given.is_object()) header.update(given);
  }
  test_token made{
      std::move(*signer), header.dump(), {}, {{"exp", std::chrono::minutes(5)}}, {}, {}};
  if (const node* claims = all.find("claims")) read_claims(in, *claims, made);
  if (const node* cookie = all.find("cookie")) {
    made.cookie = config::read_text(in, *cookie, "cookie", "a cookie's name").value_or("");
  }
  if (const node* query = all.find("query")) {
    made.query = config::read_text(in, *query, "query", "a parameter's name").value_or("");
  }
  return made;
}

}  // namespace ferroway::cli
