// `forward_auth`: whom to ask, with what, and which headers go where.
#include <algorithm>

#include "base/text.hpp"
#include "config/read_middlewares.hpp"
#include "http/fields.hpp"

namespace ferroway::config {
namespace {

using http::field_id;

// Of a request target (RFC 3986, 3.3 and 3.4), without what would have to be escaped.
bool is_path_and_query(std::string_view text) {
  return text.starts_with('/') && std::ranges::all_of(text, [](char c) {
           return c > ' ' && c < '\x7F' &&
                  std::string_view("#\"<>\\^`{|}").find(c) == std::string::npos;
         });
}

std::optional<std::string> read_path_and_query(reading& in, const node& from) {
  constexpr std::string_view what = "a path such as /verify";
  auto text = read_text(in, from, "path", what);
  if (!text) return std::nullopt;
  if (is_path_and_query(*text)) return text;
  expected(in, from, "path", what,
           text->starts_with('/') ? "percent-encode what may not stand in a URL"
                                  : "it begins with `/`; where the service is, `to` says");
  return std::nullopt;
}

// Reports a header that cannot stand in a list; true where one can.
using name_check = bool (*)(reading& in, const node& name);

bool is_any(reading&, const node&) { return true; }

bool may_be_of_service(reading& in, const node& name) {
  return is_no_clients(in, name, "to_request");
}

bool is_no_bodys(reading& in, const node& name) {
  const field_id id = http::identify(name.text);
  if (id != field_id::content_type && id != field_id::content_encoding) return true;
  in.report.error(name.at, "the header " + shown(name.text) + " belongs to the body",
                  "where the service refuses, it goes with its body in any case");
  return false;
}

std::vector<std::string> read_names(reading& in, const fields& all, std::string_view key,
                                    bool of_request, name_check may_stand) {
  std::vector<std::string> names;
  const node* from = all.find(key);
  if (from == nullptr || !is_filled_list(in, *from, key, "header names")) return names;
  for (const node* item : from->items) {
    auto name = read_header_name(in, *item, {false, of_request});
    if (!name || !may_stand(in, *item)) continue;
    if (names.size() == copied_headers_max) {
      in.report.error(item->at, "more than " + std::to_string(copied_headers_max) + " headers");
      break;
    }
    const auto same = [&](const std::string& other) { return equals_ignoring_case(other, *name); };
    if (std::ranges::any_of(names, same)) {
      in.report.error(item->at, "the header " + shown(*name) + " stands here twice");
    } else {
      names.push_back(std::move(*name));
    }
  }
  return names;
}

bool read_word(reading& in, const fields& all, std::string_view key, std::string& into) {
  const node* from = all.find(key);
  if (from == nullptr) return true;
  const auto& words = keys::forward_auth.find(key)->type.words;
  std::string what;
  for (const std::string_view word : words) what += (what.empty() ? "" : ", ") + std::string(word);
  const auto text = read_text(in, *from, key, what);
  if (!text) return false;
  if (std::ranges::find(words, *text) == words.end()) {
    expected(in, *from, key, what, did_you_mean(*text, {words.begin(), words.end()}));
    return false;
  }
  into = *text;
  return true;
}

}  // namespace

bool is_no_clients(reading& in, const node& name, std::string_view key) {
  if (http::identify(name.text) == field_id::other) return true;
  in.report.error(
      name.at,
      "`" + std::string(key) + "` would take " + shown(name.text) + " away from every client",
      "let it come under a name of its own, and rename that with "
      "request_headers: {set: {" +
          std::string(name.text.substr(0, 60)) + ": \"${header.X-Own}\"}}");
  return false;
}

std::optional<forward_auth_middleware> read_forward_auth(reading& in, const node& from,
                                                         draft_middleware& into) {
  if (!is_mapping(in, from, "forward_auth", "whom to ask, such as {to: authn, path: /verify}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::forward_auth);
  forward_auth_middleware made;
  into.asks = all.find("to");
  if (!all.meant("to")) {
    in.report.error(from.at, "`forward_auth` has no `to`", "such as `to: http://127.0.0.1:9000`");
  }
  bool sound = read_word(in, all, "method", made.method);
  if (const node* path = all.find("path")) {
    const auto read = read_path_and_query(in, *path);
    sound = sound && read.has_value();
    made.path = read.value_or(made.path);
  }
  all.read("timeout", made.timeout);
  made.request_headers = read_names(in, all, "request_headers", true, is_any);
  made.to_request = read_names(in, all, "to_request", true, may_be_of_service);
  made.to_response = read_names(in, all, "to_response", false, is_no_bodys);
  std::string on_error = "deny";
  sound = read_word(in, all, "on_error", on_error) && sound;
  made.pass_on_error = on_error == "pass";
  all.read("shadow", made.shadow);
  if (!sound || into.asks == nullptr) return std::nullopt;
  return made;
}

}  // namespace ferroway::config
