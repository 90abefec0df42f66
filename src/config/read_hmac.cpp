// `hmac`: who has which secret, and what a signature has to cover.
#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"
#include "credentials/consumer_name.hpp"
#include "http/message_signature.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view what_key =
    "a key such as {id: acme-1, consumer: acme, secret: \"${file:acme.secret}\"}";

std::string joined(const template_text& pieces) {
  std::string all;
  for (const template_piece& each : pieces) all += each.text;
  return all;
}

// Nothing where something is wrong, which has been reported.
std::optional<hmac_key> read_key(reading& in, const node& from) {
  if (!is_mapping(in, from, "keys", what_key)) return std::nullopt;
  const fields all(in, from, keys::hmac_key);
  const node* id = all.find("id");
  const node* consumer = all.find("consumer");
  const node* secret = all.find("secret");
  if (id == nullptr || consumer == nullptr || secret == nullptr) {
    expected(in, from, "keys", what_key);
    return std::nullopt;
  }
  hmac_key made;
  const auto name = read_text(in, *id, "id", "a text");
  if (name && !credentials::is_mac_key_id(*name)) {
    expected(in, *id, "id", credentials::mac_key_id_described);
  }
  auto whose = read_text(in, *consumer, "consumer", "a consumer's name");
  if (whose && !credentials::is_consumer_name(*whose)) {
    expected(in, *consumer, "consumer", credentials::consumer_name_described);
    whose.reset();
  }
  auto pieces = read_shared_secret(in, *secret, all.at("secret"), "acme.secret");
  if (!name || !credentials::is_mac_key_id(*name) || !whose || !pieces) return std::nullopt;
  auto bytes = credentials::read_mac_secret(trim(joined(*pieces)));
  if (!bytes) {
    in.report.error(all.at("secret"), "`secret`: " + std::string(bytes.error()));
    return std::nullopt;
  }
  return hmac_key{{*name, *whose, std::move(*bytes)}, std::move(*pieces)};
}

bool read_listed(reading& in, const node& from, hmac_middleware& into) {
  if (!is_filled_list(in, from, "keys", "keys")) return false;
  if (from.items.size() > credentials::mac_keys_max) {
    in.report.error(from.at, "`keys` has more than 10000 of them");
    return false;
  }
  for (const node* item : from.items) {
    if (auto one = read_key(in, *item)) into.keys.push_back(std::move(*one));
  }
  return into.keys.size() == from.items.size();
}

bool read_keys_file(reading& in, const node& from, hmac_middleware& into) {
  auto text = read_file_beside(in, from, "keys_file", into.keys_file);
  if (!text) return false;
  auto listed = credentials::parse_mac_key_list(*text);
  if (listed && listed->empty()) {
    listed = std::unexpected(credentials::line_problem{0, "it is empty"});
  }
  if (!listed) {
    report_line(in, from, "keys_file", listed.error());
    return false;
  }
  into.of_file = std::move(*listed);
  return true;
}

// A signature names its key by the id alone.
void check_twice(reading& in, position at, const hmac_middleware& made) {
  std::unordered_set<std::string_view> seen;
  const auto add = [&](const credentials::listed_mac_key& each) {
    if (seen.insert(each.id).second) return;
    in.report.error(at, "two keys have the id " + shown(each.id));
  };
  for (const hmac_key& each : made.keys) add(each.key);
  for (const credentials::listed_mac_key& each : made.of_file) add(each);
}

bool read_keys(reading& in, const node& from, const fields& all, hmac_middleware& into) {
  const node* keys = all.find("keys");
  const node* file = all.find("keys_file");
  if (keys == nullptr && file == nullptr) {
    if (!all.meant("keys") && !all.meant("keys_file")) {
      in.report.error(from.at, "`hmac` without keys", "give it `keys` or a `keys_file`");
    }
    return false;
  }
  const bool listed = keys == nullptr || read_listed(in, *keys, into);
  const bool filed = file == nullptr || read_keys_file(in, *file, into);
  if (listed && filed) check_twice(in, all.at(keys != nullptr ? "keys" : "keys_file"), into);
  return listed && filed;
}

void read_components(reading& in, const node& from, std::vector<std::string>& into) {
  constexpr std::string_view what =
      "`@method`, `@target-uri`, `@authority`, `@path`, `@query` or a header's name";
  if (!is_filled_list(in, from, "components", what)) return;
  if (from.items.size() > http::signed_components_max) {
    return in.report.error(from.at, "`components` has more than 32 entries");
  }
  into.clear();
  for (const node* item : from.items) {
    const auto text = read_text(in, *item, "components", what);
    if (!text) continue;
    std::string name = lower_case(*text);
    if (!http::is_derived_component(name) && !http::is_field_component(name)) {
      expected(in, *item, "components", what);
    } else if (std::ranges::find(into, name) != into.end()) {
      in.report.error(item->at, "the component " + shown(name) + " stands here twice");
    } else {
      into.push_back(std::move(name));
    }
  }
}

// What is told in a header comes from no client, so nobody could sign it.
void check_headers(reading& in, const fields& all, const hmac_middleware& made) {
  for (const auto& [header, fact] : made.consumers.to_headers) {
    const std::string name = lower_case(header);
    const bool needed = name == "signature" || name == "signature-input" ||
                        (name == "content-digest" && made.content_digest) ||
                        std::ranges::find(made.components, name) != made.components.end();
    if (!needed) continue;
    in.report.error(all.at("to_headers"),
                    "`to_headers` would take " + shown(header) + " away, which has to be signed");
  }
}

void read_tag(reading& in, const node& from, std::string& into) {
  constexpr std::size_t bytes_max = 256;
  const auto text = read_text(in, from, "tag", "a text");
  if (!text) return;
  const bool plain = text->size() <= bytes_max && std::ranges::all_of(*text, [](char c) {
                       return c >= ' ' && c <= '~' && c != '"' && c != '\\';
                     });
  if (!plain) {
    return expected(in, from, "tag", "a text of at most 256 visible ASCII characters, no quotes");
  }
  into = *text;
}

}  // namespace

std::optional<hmac_middleware> read_hmac(reading& in, const node& from, draft_middleware& into) {
  if (!is_mapping(in, from, "hmac", "settings such as {keys_file: hmac.keys}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::hmac);
  hmac_middleware made;
  const bool has_keys = read_keys(in, from, all, made);
  if (const node* names = all.find("components")) read_components(in, *names, made.components);
  if (const node* tag = all.find("tag")) read_tag(in, *tag, made.tag);
  all.read("content_digest", made.content_digest);
  all.read("body_bytes", made.body_bytes);
  all.read("max_age", made.max_age);
  all.read("leeway", made.leeway);
  all.read("nonces", made.nonces);
  read_consumer_rules(in, all, into, made.consumers);
  check_headers(in, all, made);
  if (!has_keys) return std::nullopt;
  return made;
}

}  // namespace ferroway::config
