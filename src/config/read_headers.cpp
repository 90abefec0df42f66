// Header names and values: what `request_headers`, `response_headers` and `respond` say.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"
#include "config/tokens.hpp"

namespace ferroway::config {
namespace {

// Framing and hop-by-hop fields (RFC 9110, 7.6.1) are the gateway's own business: SAFETY, promises
// 2 and 6.
constexpr std::array<std::string_view, 11> connection_names{"content-length",
                                                            "transfer-encoding",
                                                            "connection",
                                                            "keep-alive",
                                                            "proxy-connection",
                                                            "te",
                                                            "trailer",
                                                            "upgrade",
                                                            "http2-settings",
                                                            "proxy-authenticate",
                                                            "proxy-authorization"};

bool is_reserved(std::string_view name, bool request) {
  const std::string low = lower_case(name);
  if (request && (low == "host" || low == "expect")) return true;
  return std::ranges::find(connection_names, low) != connection_names.end();
}

void note_variables(const template_text& text, position at, std::vector<used_variable>& into) {
  for (const template_piece& piece : text) {
    if (piece.is_variable) into.push_back({piece.text, at});
  }
}

bool are_few(reading& in, const node& from, std::size_t count, std::string_view verb) {
  if (count <= header_names_max) return true;
  in.report.error(from.at, shown(verb) + " names " + std::to_string(count) + " headers",
                  "at most " + std::to_string(header_names_max) + " are allowed");
  return false;
}

using named_templates = std::vector<std::pair<std::string, template_text>>;

// The names and values under `set`, `append` or `add`.
void read_values(reading& in, const node& from, std::string_view verb, const header_rules& rules,
                 named_templates& into, std::vector<used_variable>& variables) {
  if (!is_mapping(in, from, verb, "headers such as {X-Name: value}")) return;
  if (!are_few(in, from, from.items.size() / 2, verb)) return;
  std::set<std::string> seen;
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const auto name = read_header_name(in, *from.items[i], rules);
    const node& value = *from.items[i + 1];
    auto text = read_template(in, value, name.value_or(std::string(verb)));
    if (!name || !text) continue;
    if (!seen.insert(lower_case(*name)).second) {
      in.report.error(from.items[i]->at, "the header " + shown(*name) + " stands here twice",
                      "header names are the same in upper and lower case");
      continue;
    }
    note_variables(*text, value.at, variables);
    into.emplace_back(*name, std::move(*text));
  }
}

void read_removed(reading& in, const node& from, const header_rules& rules, header_edits& into) {
  if (!is_filled_list(in, from, "remove", "header names")) return;
  if (!are_few(in, from, from.items.size(), "remove")) return;
  for (const node* item : from.items) {
    const auto name = read_header_name(in, *item, rules);
    if (!name) continue;
    const auto same = [&](const auto& other) { return equals_ignoring_case(other, *name); };
    const auto same_pair = [&](const auto& other) { return same(other.first); };
    if (std::ranges::any_of(into.remove, same)) {
      in.report.error(item->at, "the header " + shown(*name) + " stands here twice");
    } else if (std::ranges::any_of(into.set, same_pair)) {
      in.report.error(item->at, "the header " + shown(*name) + " is set and removed",
                      "`set` alone replaces what the message had");
    } else {
      into.remove.push_back(*name);
    }
  }
}

// RFC 9110, 5.3: the one field that cannot be a list.
void check_appended(reading& in, const node& from) {
  if (!from.is_mapping()) return;
  for (std::size_t i = 0; i + 1 < from.items.size(); i += 2) {
    const node& name = *from.items[i];
    if (!name.is_scalar() || !equals_ignoring_case(name.text, "set-cookie")) continue;
    in.report.error(name.at, "`Set-Cookie` is no list, so nothing can be appended to it",
                    "`add` adds a field of its own");
  }
}

std::string joined(const template_text& pieces) {
  std::string all;
  for (const template_piece& piece : pieces) all += piece.text;
  return all;
}

void read_respond_headers(reading& in, const node& from, respond& into) {
  named_templates values;
  std::vector<used_variable> variables;
  read_values(in, from, "headers", {false, false}, values, variables);
  for (const used_variable& each : variables) {
    in.report.error(each.at,
                    "`${" + each.name +
                        "}` is known only with a request, and not allowed "
                        "in `respond`",
                    "use the middleware response_headers");
  }
  for (auto& [name, value] : values) into.headers.emplace_back(name, joined(value));
}

void add_content_type(respond& into) {
  const bool given = std::ranges::any_of(into.headers, [](const auto& each) {
    return equals_ignoring_case(each.first, "content-type");
  });
  if (!given && !into.body.empty()) {
    into.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  }
}

}  // namespace

std::optional<std::string> read_header_name(reading& in, const node& key,
                                            const header_rules& rules) {
  if (!key.is_scalar()) {
    expected(in, key, "header", "the name of a header");
    return std::nullopt;
  }
  std::string name(key.text);
  if (!is_token(name) || name.size() > name_bytes_max) {
    in.report.error(key.at, shown(name) + " is not the name of a header",
                    "names are letters, digits and some marks, without spaces and colons");
    return std::nullopt;
  }
  if (is_reserved(name, rules.request)) {
    const bool host = equals_ignoring_case(name, "host");
    in.report.error(key.at, "the header " + shown(name) + " belongs to the gateway",
                    host ? "what is sent as Host is said by the upstream's `host`"
                         : "framing and connection headers cannot be changed");
    return std::nullopt;
  }
  return name;
}

std::optional<header_edits> read_header_edits(reading& in, const node& from, std::string_view kind,
                                              const header_rules& rules,
                                              std::vector<used_variable>& variables) {
  if (!is_mapping(in, from, kind, "edits such as {set: {X-Name: value}, remove: [X-Other]}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::header_edits);
  if (!all.meant("set") && !all.meant("append") && !all.meant("add") && !all.meant("remove")) {
    in.report.error(from.at, shown(kind) + " has nothing to go by",
                    "say what to `set`, `append`, `add` or `remove`");
    return std::nullopt;
  }
  header_edits made;
  if (const node* set = all.find("set")) read_values(in, *set, "set", rules, made.set, variables);
  if (const node* append = all.find("append")) {
    check_appended(in, *append);
    read_values(in, *append, "append", rules, made.append, variables);
  }
  if (const node* add = all.find("add")) read_values(in, *add, "add", rules, made.add, variables);
  if (const node* remove = all.find("remove")) read_removed(in, *remove, rules, made);
  return made;
}

std::optional<respond> read_respond(reading& in, const node& from) {
  if (!is_mapping(in, from, "respond", "an answer such as {status: 200, body: ok}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::respond);
  respond made;
  std::size_t status = made.status;
  all.read("status", status);
  made.status = static_cast<std::uint16_t>(status);
  if (const node* body = all.find("body")) made.body = read_body(in, *body, "body").value_or("");
  if (const node* headers = all.find("headers")) read_respond_headers(in, *headers, made);
  const bool bodiless = made.status == 204 || made.status == 205 || made.status == 304;
  if (bodiless && !made.body.empty()) {
    in.report.error(all.at("body"),
                    "an answer with status " + std::to_string(made.status) + " has no body");
  }
  add_content_type(made);
  return made;
}

}  // namespace ferroway::config
