// `api_key`: who has which key, and where requests carry it.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"
#include "credentials/consumer_name.hpp"
#include "http/fields.hpp"

namespace ferroway::config {
namespace {

constexpr std::string_view what_keys =
    "consumers and the SHA-256 of their keys, such as {acme: \"sha256:9f86d0...\"}";
constexpr std::string_view how_to_digest =
    "a key is stored as its SHA-256 alone: printf %s \"$KEY\" | sha256sum";

class keys_reader {
 public:
  // `at`: where errors are shown. Not where the text stands that may be a key.
  keys_reader(reading& in, position at, std::vector<credentials::listed_key>& into)
      : in_(in), at_(at), into_(into) {}

  void read(const node& from) {
    if (!is_mapping(in_, from, "keys", what_keys)) return;
    for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
      const auto name = read_consumer_name(in_, *from.items[i], "keys");
      if (name) add_all(*name, *from.items[i + 1]);
    }
  }

 private:
  void add_all(const std::string& name, const node& from) {
    if (!from.is_list()) return add(name, from);
    if (!is_filled_list(in_, from, "keys", "digests")) return;
    for (const node* item : from.items) add(name, *item);
  }

  void add(const std::string& name, const node& from) {
    if (!from.is_scalar() || from.is_null()) return expected(in_, from, "keys", what_keys);
    const auto text = read_text(in_, from, "keys", what_keys);
    if (!text) return;
    const auto sha256 = credentials::parse_digest(trim(*text));
    if (!sha256) {
      return in_.report.error(
          at_, "what stands for " + shown(name) + " is no SHA-256: 64 hexadecimal digits",
          std::string(how_to_digest));
    }
    if (const char* flaw = credentials::flaw_of(*sha256)) {
      return in_.report.error(at_, "the digest of " + shown(name) + ": " + flaw);
    }
    if (into_.size() == credentials::keys_max) {
      return in_.report.error(at_, "`keys` has more than 10000 of them");
    }
    into_.push_back({name, *sha256});
  }

  reading& in_;
  position at_;
  std::vector<credentials::listed_key>& into_;
};

bool read_keys_file(reading& in, const node& from, api_key_middleware& into) {
  auto text = read_file_beside(in, from, "keys_file", into.keys_file);
  if (!text) return false;
  auto listed = credentials::parse_key_list(*text);
  if (listed && listed->empty())
    listed = std::unexpected(credentials::line_problem{0, "it is empty"});
  if (!listed) {
    report_line(in, from, "keys_file", listed.error());
    return false;
  }
  into.of_file = std::move(*listed);
  return true;
}

// A key that two consumers had would be either's.
void check_twice(reading& in, position at, const api_key_middleware& made) {
  std::map<credentials::digest, const std::string*> seen;
  for (const auto* list : {&made.keys, &made.of_file}) {
    for (const credentials::listed_key& each : *list) {
      const auto [first, fresh] = seen.emplace(each.sha256, &each.consumer);
      if (fresh) continue;
      const bool same = *first->second == each.consumer;
      return in.report.error(
          at, same ? "a key of " + shown(each.consumer) + " stands there twice"
                   : "the same key of " + shown(*first->second) + " and " + shown(each.consumer));
    }
  }
}

bool read_keys(reading& in, const node& from, const fields& all, api_key_middleware& into) {
  const node* keys = all.find("keys");
  const node* file = all.find("keys_file");
  if (keys == nullptr && file == nullptr) {
    if (!all.meant("keys") && !all.meant("keys_file")) {
      in.report.error(from.at, "`api_key` without keys", "give it `keys` or a `keys_file`");
    }
    return false;
  }
  const bool had_errors = in.report.failed();
  if (keys != nullptr) keys_reader(in, all.at("keys"), into.keys).read(*keys);
  const bool right = file == nullptr || read_keys_file(in, *file, into);
  if (right && !had_errors && !in.report.failed() && into.keys.empty() && into.of_file.empty()) {
    in.report.error(from.at, "`api_key` without keys", "nobody could ever pass");
  }
  check_twice(in, all.at(keys != nullptr ? "keys" : "keys_file"), into);
  return right;
}

void read_place(reading& in, const fields& all, api_key_middleware& into) {
  const node* header = all.find("header");
  const node* query = all.find("query");
  if (header != nullptr && query != nullptr) {
    return in.report.error(all.at("query"), "a key comes from one place: `header` or `query`",
                           "for another place use a second `api_key`");
  }
  if (query != nullptr) {
    into.place = token_place::query;
    into.place_name = read_text(in, *query, "query", "a parameter's name").value_or("");
  } else if (header != nullptr) {
    if (!read_text(in, *header, "header", "the name of a header")) return;
    auto name = read_header_name(in, *header, {false, true});
    if (!name) return;
    const bool bearer = http::identify(*name) == http::field_id::authorization;
    into.place = bearer ? token_place::authorization : token_place::header;
    into.place_name = std::move(*name);
  }
}

// What is told in a header may come from no client, and so could no key.
void check_header(reading& in, const fields& all, const api_key_middleware& made) {
  if (made.place != token_place::header) return;
  const bool told = std::ranges::any_of(made.consumers.to_headers, [&](const auto& each) {
    return equals_ignoring_case(each.first, made.place_name);
  });
  if (!told) return;
  in.report.error(all.at("to_headers"), "`to_headers` would take " + shown(made.place_name) +
                                            " away, with the key in it");
}

}  // namespace

std::optional<std::string> read_file_beside(reading& in, const node& from, std::string_view key,
                                            std::string& path) {
  const auto written = read_text(in, from, key, "the path of a file");
  if (!written) return std::nullopt;
  path = *written;
  const bool relative = path.front() != '/' && !in.folder.empty();
  auto text = in.outside.file(relative ? in.folder + "/" + path : path);
  if (!text) in.report.error(from.at, "the file " + shown(from.text) + " cannot be read");
  return text;
}

void report_line(reading& in, const node& from, std::string_view key,
                 const credentials::line_problem& wrong) {
  const std::string where = wrong.line == 0 ? "" : "line " + std::to_string(wrong.line) + ": ";
  in.report.error(from.at, "`" + std::string(key) + "`: " + where + wrong.what);
}

std::optional<api_key_middleware> read_api_key(reading& in, const node& from,
                                               draft_middleware& into) {
  if (!is_mapping(in, from, "api_key", "settings such as {keys_file: keys.txt}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::api_key);
  api_key_middleware made;
  const bool has_keys = read_keys(in, from, all, made);
  read_place(in, all, made);
  read_consumer_rules(in, all, into, made.consumers);
  check_header(in, all, made);
  if (!has_keys) return std::nullopt;
  return made;
}

}  // namespace ferroway::config
