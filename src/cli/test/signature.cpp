#include "cli/test/signature.hpp"

#include <algorithm>
#include <array>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "cli/test/token.hpp"
#include "config/readers.hpp"
#include "credentials/mac_key.hpp"
#include "credentials/mac_key_list.hpp"
#include "http/http1/parse.hpp"
#include "http/message_signature.hpp"

namespace ferroway::cli {
namespace {

using config::fields;
using config::key_table;
using config::known_key;
using config::node;
using config::reading;

constexpr std::array signature_keys{
    known_key{"key"},   known_key{"components"}, known_key{"created"}, known_key{"expires"},
    known_key{"nonce"}, known_key{"tag"},        known_key{"alg"}};
constexpr std::array key_keys{known_key{"id"}, known_key{"secret"}};
const key_table signature_table{"`signature`", signature_keys};
const key_table key_of_signature_table{"a signature's key", key_keys};

std::string base64_of(const credentials::digest& of) {
  return encode_base64({reinterpret_cast<const char*>(of.data()), of.size()});
}

bool says(const server::rehearsal_request& request, std::string_view name) {
  return std::ranges::any_of(
      request.headers, [&](const auto& each) { return equals_ignoring_case(each.first, name); });
}

std::string quoted(const char* key, const std::string& text) {
  return text.empty() ? "" : std::string(";") + key + "=\"" + text + "\"";
}

std::string seconds_of(wall_time at) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
}

// What would be signed; nothing where the request is none, or lacks what is to be signed.
std::string base_of(const server::rehearsal_request& request, const std::string& input) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  std::string_view scheme = "http";
  for (const auto& [name, value] : request.headers) {
    head += name + ": " + value + "\r\n";
    if (equals_ignoring_case(name, "X-Forwarded-Proto") && value == "https") scheme = "https";
  }
  head += "\r\n";
  arena memory;
  http::request_head parsed;
  if (!http1::parse_request_head(head, {}, memory, parsed)) return {};
  const std::string labelled = "sig1=" + input;
  const http::message_signatures read = http::read_signatures(labelled, "sig1=::", memory);
  std::string base;
  if (read.flaw != nullptr ||
      http::make_signature_base(parsed, scheme, read.each[0], base) != nullptr) {
    return {};
  }
  return base;
}

bool read_key(reading& in, const node& from, test_signature& into) {
  constexpr std::string_view what = "a key such as {id: acme-1, secret: MDEyMz...}";
  if (!config::is_mapping(in, from, "key", what)) return false;
  const fields all(in, from, key_of_signature_table);
  const node* id = all.find("id");
  const node* secret = all.find("secret");
  if (id == nullptr || secret == nullptr) {
    expected(in, from, "key", what);
    return false;
  }
  into.key_id = config::read_text(in, *id, "id", "a key's id").value_or("");
  const auto text = config::read_text(in, *secret, "secret", "a secret in base64");
  if (!text) return false;
  auto bytes = credentials::read_mac_secret(trim(*text));
  if (!bytes) {
    in.report.error(secret->at, "`secret`: " + std::string(bytes.error()));
    return false;
  }
  into.secret = std::move(*bytes);
  return true;
}

std::optional<duration> read_time(reading& in, const fields& all, std::string_view key) {
  const node* from = all.find(key);
  if (from == nullptr) return std::nullopt;
  auto made = relative_time(*from);
  if (!made) expected(in, *from, key, "a time from the case's clock, such as +1m or -30s");
  return made;
}

std::string read_word(reading& in, const fields& all, std::string_view key) {
  const node* from = all.find(key);
  return from == nullptr ? "" : config::read_text(in, *from, key, "a text").value_or("");
}

}  // namespace

void test_signature::add_to(server::rehearsal_request& request, wall_time now) const {
  credentials::digester by;
  const bool has_body = !request.body.empty();
  if (has_body && !says(request, "Content-Digest")) {
    const std::string digest = base64_of(by.of(request.body).value_or(credentials::digest{}));
    request.headers.emplace_back("Content-Digest", "sha-256=:" + digest + ":");
  }
  std::vector<std::string> covered = components;
  if (covered.empty()) covered = {"@method", "@authority", "@path", "@query"};
  if (components.empty() && has_body) covered.emplace_back("content-digest");
  std::string input = "(";
  for (const std::string& each : covered) input += (input == "(" ? "\"" : " \"") + each + "\"";
  input += ");created=" + seconds_of(now + created);
  if (expires) input += ";expires=" + seconds_of(now + *expires);
  input += quoted("keyid", key_id) + quoted("nonce", nonce) + quoted("alg", algorithm) +
           quoted("tag", tag);
  const auto made = credentials::mac_key(secret).sign(by, base_of(request, input));
  request.headers.emplace_back("Signature-Input", "sig1=" + input);
  request.headers.emplace_back("Signature",
                               "sig1=:" + base64_of(made.value_or(credentials::digest{})) + ":");
}

std::optional<test_signature> read_signature(reading& in, const node& from) {
  constexpr std::string_view what = "a signature such as {key: {id: acme-1, secret: MDEyMz...}}";
  if (!config::is_mapping(in, from, "signature", what)) return std::nullopt;
  const fields all(in, from, signature_table);
  test_signature made;
  const node* key = all.find("key");
  if (key == nullptr) {
    in.report.error(from.at, "a `signature` without its `key`");
    return std::nullopt;
  }
  if (!read_key(in, *key, made)) return std::nullopt;
  if (const node* names = all.find("components")) {
    if (config::is_filled_list(in, *names, "components", "components")) {
      for (const node* item : names->items) made.components.emplace_back(item->text);
    }
  }
  made.created = read_time(in, all, "created").value_or(duration{});
  made.expires = read_time(in, all, "expires");
  made.nonce = read_word(in, all, "nonce");
  made.tag = read_word(in, all, "tag");
  made.algorithm = read_word(in, all, "alg");
  return made;
}

}  // namespace ferroway::cli
