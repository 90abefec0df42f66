#include "unit/config/key_samples.hpp"

#include <algorithm>
#include <map>

#include "config/scalar.hpp"

namespace ferroway::config::testing {
namespace {

// A listener, an upstream and a middleware of the files below are called so.
const std::string sample_name = "default";

// Quoted where YAML asks for it.
std::string sample_word(std::string_view word) {
  return word.starts_with('%') ? "'" + std::string(word) + "'" : std::string(word);
}

// The first form only, since routes stand in groups and groups in groups.
std::string first_of(const value_type& type) {
  if (type.is == value_is::any_of) return first_of(*type.forms.front());
  if (type.is == value_is::list) return "[" + first_of(*type.of) + "]";
  const std::vector<std::string> samples = allowed_samples(type);
  return type.is == value_is::size ? samples.back() : samples.front();
}

// With what it needs, or with its first key.
std::string sample_mapping(const key_table& table) {
  std::string all;
  const auto add = [&](const known_key& key) {
    all += (all.empty() ? "" : ", ") + std::string(key.name) + ": " + first_of(key.type);
  };
  for (const known_key& key : table.keys) {
    if (key.works && key.fallback == required) add(key);
  }
  for (const known_key& key : table.keys) {
    const bool choice = std::ranges::find(table.exactly_one, key.name) != table.exactly_one.end();
    const bool wanted = table.exactly_one.empty() ? all.empty() : choice;
    if (key.works && wanted) {
      add(key);
      break;
    }
  }
  return "{" + all + "}";
}

std::vector<std::string> ends_of_range(const value_type& type) {
  const auto bytes = [](std::int64_t count) {
    return format_size(static_cast<std::uint64_t>(count));
  };
  const auto time = [](std::int64_t count) {
    return format_duration(std::chrono::milliseconds(count));
  };
  if (type.is == value_is::size) return {bytes(type.least), bytes(type.most)};
  if (type.is == value_is::duration) return {time(type.least), time(type.most)};
  return {std::to_string(type.least), std::to_string(type.most)};
}

// Key and value, in the order of a file.
using entries = std::vector<std::pair<std::string, std::string>>;

// `all` with `key`, in place of those it excludes.
std::string mapping_with(entries all, const key_table& table, std::string_view key,
                         const std::string& value) {
  const auto choices = table.exactly_one;
  const bool choice = std::ranges::find(choices, key) != choices.end();
  if (!value.empty()) {
    std::erase_if(all, [&](const auto& each) {
      return each.first == key ||
             (choice && std::ranges::find(choices, each.first) != choices.end());
    });
    all.emplace_back(key, value);
  }
  std::string text;
  for (const auto& [name, what] : all) {
    text += (text.empty() ? "" : ", ");
    text.append(name).append(": ").append(what);
  }
  return "{" + text + "}";
}

std::string file_with_route(const std::string& route) {
  return "{listen: 8080, consumers: {acme: [default]}, upstreams: {default: {endpoints: "
         "[http://127.0.0.1:9001]},"
         " other: {endpoints: [http://127.0.0.1:9002]}},"
         " middlewares: {default: request_id}, routes: [" +
         route + "]}";
}

std::string file_with_listener(const std::string& listener) {
  return "{listeners: [" + listener + "], routes: [{respond: {}}]}";
}

std::string file_with_upstream(const std::string& upstream) {
  return "{listen: 8080, upstreams: {u: " + upstream + "}, routes: [{to: u}]}";
}

}  // namespace

std::vector<std::string> allowed_samples(const value_type& type) {
  std::vector<std::string> all;
  switch (type.is) {
    case value_is::nothing:
      return {"~"};
    case value_is::flag:
      return {"true", "false"};
    case value_is::count:
    case value_is::duration:
    case value_is::size:
      return ends_of_range(type);
    case value_is::word:
      for (const std::string_view word : type.words) all.push_back(sample_word(word));
      return all;
    case value_is::name:
      return {sample_name};
    case value_is::text:
      return {"'" + std::string(type.example) + "'"};
    case value_is::list:
      for (const std::string& item : allowed_samples(*type.of)) all.push_back("[" + item + "]");
      return all;
    case value_is::named:
      for (const std::string& item : allowed_samples(*type.of)) {
        const std::string other = type.of->is == value_is::count ? ", other: 1" : "";
        all.push_back("{" + sample_name + ": " + item + other + "}");
      }
      return all;
    case value_is::pairs:
      for (const std::string& item : allowed_samples(*type.of)) {
        const std::string key = type.example.empty() ? "X-A" : std::string(type.example);
        all.push_back("{" + key + ": " + item + "}");
      }
      return all;
    case value_is::mapping:
    case value_is::one_kind:
      return {sample_mapping(*type.table)};
    case value_is::any_of:
      for (const value_type* form : type.forms) {
        for (std::string& each : allowed_samples(*form)) all.push_back(std::move(each));
      }
      return all;
    case value_is::anything:
      break;
  }
  return {"{}"};
}

std::vector<std::string> refused_samples(const value_type& type) {
  const auto milliseconds = [](std::int64_t count) { return std::to_string(count) + "ms"; };
  switch (type.is) {
    case value_is::flag:
      return {"maybe", "1", "[true]", "'yes'"};
    case value_is::count:
      return {std::to_string(type.least - 1), std::to_string(type.most + 1), "1.5", "few", "[1]"};
    case value_is::duration:
      return {type.least > 0 ? milliseconds(type.least - 1) : "-1ms", milliseconds(type.most + 1),
              "5", "5 s", "[5s]"};
    case value_is::size:
      return {type.least > 0 ? std::to_string(type.least - 1) + "B" : "-1B",
              std::to_string(type.most + 1) + "B", "5", "5k", "[5B]"};
    case value_is::word:
      return {"nonsense", "[" + sample_word(type.words.front()) + "]", "{}"};
    case value_is::name:
      return {"'a b'", "[[a]]", "{a: b}", "''"};
    case value_is::text:
      return {"[[a]]", "{a: b}", "on"};
    case value_is::list:
      return {"[]", "{a: b}", "''"};
    case value_is::named:
    case value_is::pairs:
      return {"[a]", "text"};
    case value_is::mapping:
      return {"[a]", "{nonsense: 1}"};
    case value_is::one_kind:
      return {"{nonsense: 1}", "[a]"};
    default:
      return {"[[[a]]]"};
  }
}

std::string file_around(const key_table& table, std::string_view key, const std::string& value) {
  const auto just = [&](entries all) { return mapping_with(std::move(all), table, key, value); };
  const auto route = [&](const std::string& inside) { return file_with_route(inside); };
  entries end{{"to", "http://127.0.0.1:9001"}};
  if (key == "rewrite") end.emplace_back("path", "/users");
  const std::string_view name = table.name;
  if (name == "top") {
    const bool elsewhere = key == "admin" || key == "probe";  // than the sample address
    return just(entries{{"listen", elsewhere ? "80" : "8080"},
                        {"middlewares", "{default: request_id}"},
                        {"routes", "[{respond: {}}]"}});
  }
  if (name == "admin") return "{listen: 80, admin: " + just({}) + ", routes: [{respond: {}}]}";
  if (name == "dns") {
    // Neither bound may pass the other.
    const entries other = key == "refresh_min"   ? entries{{"refresh_max", "24h"}}
                          : key == "refresh_max" ? entries{{"refresh_min", "100ms"}}
                                                 : entries{};
    return "{listen: 8080, dns: " + just(other) + ", routes: [{respond: {}}]}";
  }
  if (name == "listener") return file_with_listener(just(entries{{"address", "8080"}}));
  if (name == "listener_limits") {
    // The target is a part of the head.
    const entries other =
        key == "head_bytes" ? entries{{"target_bytes", "64B"}} : entries{{"head_bytes", "256KiB"}};
    return file_with_listener("{address: 8080, limits: " + just(other) + "}");
  }
  if (name == "listener_timeouts") {
    return file_with_listener("{address: 8080, timeouts: " + just({}) + "}");
  }
  if (name == "upstream")
    return file_with_upstream(just(entries{{"endpoints", "[http://127.0.0.1:9001]"}}));
  if (name == "endpoint") {
    return file_with_upstream("{endpoints: [" + just(entries{{"url", "http://127.0.0.1:9001"}}) +
                              ", http://127.0.0.1:9002]}");
  }
  if (name == "health_check" || name == "outlier_detection") {
    const entries other = key == "eject_for_max" ? entries{{"eject_for", "1ms"}} : entries{};
    return file_with_upstream("{endpoints: [http://127.0.0.1:9001], " + std::string(name) + ": " +
                              just(other) + "}");
  }
  if (name == "sticky") {
    return file_with_upstream("{endpoints: [http://127.0.0.1:9001], sticky: " +
                              just(entries{{"cookie", "gateway"}}) + "}");
  }
  if (name == "retry") return route("{to: 'http://127.0.0.1:9001', retry: " + just({}) + "}");
  if (name == "mirror") {
    const entries to = key == "to" ? entries{} : entries{{"to", "default"}};
    return route("{to: 'http://127.0.0.1:9001', mirror: " + just(to) + "}");
  }
  if (name == "balance") {
    return file_with_upstream("{endpoints: [http://127.0.0.1:9001], balance: " + just({}) + "}");
  }
  if (name == "connections") {
    // Who waits waits for something.
    const bool waits = key == "max_pending" || key == "pending_timeout" || key == "adaptive";
    return file_with_upstream("{endpoints: [http://127.0.0.1:9001], connections: " +
                              just(waits ? entries{{"max", "8"}} : entries{}) + "}");
  }
  if (name == "adaptive") {
    return file_with_upstream(
        "{endpoints: [http://127.0.0.1:9001], connections: {max: 1000000, "
        "adaptive: " +
        just({}) + "}}");
  }
  if (name == "upstream_timeouts") {
    return file_with_upstream("{endpoints: [http://127.0.0.1:9001], timeouts: " + just({}) + "}");
  }
  if (name == "route" && key == "stick_by") {
    return route("{to: {default: 1, other: 1}, stick_by: " + value + "}");
  }
  if (name == "condition") return route("{respond: {}, headers: {X-A: " + just({}) + "}}");
  if (name == "weighted") {
    return route("{to: [{upstream: other, weight: 1}, " + just(entries{{"upstream", "default"}}) +
                 "]}");
  }
  if (name == "rewrite" || name == "rewrite_regex") {
    entries other;
    if (key == "match") other = {{"replace", "/x"}};
    if (key == "replace") other = {{"match", "/y"}};
    const std::string inside = just(other);
    return route("{path: '/users/{id}', to: 'http://127.0.0.1:9001', rewrite: " +
                 (name == "rewrite" ? inside : "{regex: " + inside + "}") + "}");
  }
  if (name == "redirect") {
    const entries other = key == "path" ? entries{} : entries{{"path", "/elsewhere"}};
    return route("{path: '/old/{id}', redirect: " + just(other) + "}");
  }
  if (name == "route") {
    if (key == "without") return route("{use: [default], routes: [" + just(end) + "]}");
    return route(just(end));
  }
  if (name == "group") {
    const std::string group = just(entries{{"routes", "[{respond: {}}]"}});
    return route(key == "without" ? "{use: [default], routes: [" + group + "]}" : group);
  }
  if (name == "route_timeouts") return route("{respond: {}, timeouts: " + just({}) + "}");
  if (name == "path" || name == "respond") {
    const std::string rest = name == "path" ? ", respond: {}" : "";
    return route("{" + std::string(name) + ": " + just({}) + rest + "}");
  }
  if (name == "middleware") return route("{respond: {}, use: [" + just({}) + "]}");
  if (name == "access_log") return route("{respond: {}, use: [{access_log: " + just({}) + "}]}");
  if (name == "log_destination") {
    return route("{respond: {}, use: [{access_log: {to: " + just({}) + "}}]}");
  }
  if (name == "security_headers") {
    return route("{respond: {}, use: [{security_headers: " + just({}) + "}]}");
  }
  if (name == "cors") {
    return route("{respond: {}, use: [{cors: " + just(entries{{"origins", "['https://a.test']"}}) +
                 "}]}");
  }
  const auto in_use = [&](entries all) {
    return route("{respond: {}, use: [{" + std::string(name) + ": " + just(std::move(all)) + "}]}");
  };
  if (name == "ip_filter") return in_use(entries{{"allow", "[192.0.2.1]"}});
  if (name == "compress") return in_use({});
  if (name == "body_limit") return in_use(entries{{"size", "1MiB"}});
  if (name == "concurrency_limit") return in_use(entries{{"requests", "1"}});
  if (name == "consumer") {
    return "{listen: 8080, consumers: {acme: " + just({}) + "}, routes: [{respond: {}}]}";
  }
  if (name == "api_key") {
    const std::string digest(keys::api_key.find("keys")->type.of->forms.front()->example);
    return in_use(entries{{"keys", "{acme: '" + digest + "'}"}});
  }
  if (name == "hmac") return in_use(entries{{"keys_file", "hmac.keys"}});
  if (name == "hmac_key") {
    const entries all{{"id", "a"}, {"consumer", "acme"}, {"secret", "'${file:mac.secret}'"}};
    return route("{respond: {}, use: [{hmac: {keys: [" + just(all) + "]}}]}");
  }
  if (name == "basic_auth") return in_use(entries{{"users_file", "htpasswd"}});
  if (name == "jwt") {
    entries all{{"issuer", "any"}, {"audience", "any"}, {"jwks", "http://127.0.0.1:9010/"}};
    return in_use(std::move(all));
  }
  if (name == "jwt_key") {
    entries all{{"algorithm", "EdDSA"}, {"public_key_file", "id.pem"}};
    if (key == "secret") all = {{"algorithm", "HS256"}};
    if (key == "algorithm" && value.starts_with("HS")) all = {{"secret", "'${file:secret}'"}};
    if (key == "algorithm" && value.starts_with("ES")) {
      all = {{"public_key_file", "p" + value.substr(2) + ".pem"}};
    } else if (key == "algorithm" && (value.starts_with("RS") || value.starts_with("PS"))) {
      all = {{"public_key_file", "rsa.pem"}};
    }
    return route("{respond: {}, use: [{jwt: {issuer: any, audience: any, keys: [" +
                 just(std::move(all)) + "]}}]}");
  }
  if (name == "jwt_claim") {
    return route(
        "{respond: {}, use: [{jwt: {issuer: any, audience: any, jwks_file: jwks.json, "
        "claims: {a: " +
        just({}) + "}}}]}");
  }
  if (name == "error_pages") return in_use(entries{{"pages", "{404: pages/404.html}"}});
  if (name == "error_page") {
    return route("{respond: {}, use: [{error_pages: {pages: {404: " +
                 just(entries{{"file", "pages/404.html"}}) + "}}}]}");
  }
  if (name == "forward_auth") return in_use(entries{{"to", "default"}});
  if (name == "header_edits") {
    return route("{respond: {}, use: [{request_headers: " + just({}) + "}]}");
  }
  if (name == "rate_limit" && key == "group_rates") {
    return route(
        "{respond: {}, use: [{basic_auth: {users_file: htpasswd}}, {rate_limit: {rate: 1/s, "
        "key: consumer, group_rates: " +
        value + "}}]}");
  }
  if (name == "rate_limit") {
    return route("{respond: {}, use: [{rate_limit: " + just(entries{{"rate", "100000000/s"}}) +
                 "}]}");
  }
  return {};
}

std::vector<const key_table*> all_tables() {
  std::vector<const key_table*> found{&keys::top};
  const auto collect = [&](const auto& self, const value_type& type) -> void {
    if (type.of != nullptr) self(self, *type.of);
    for (const value_type* form : type.forms) self(self, *form);
    if (type.table != nullptr && std::ranges::find(found, type.table) == found.end()) {
      found.push_back(type.table);
    }
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const known_key& key : found[i]->keys) {
      if (key.works) collect(collect, key.type);
    }
  }
  return found;
}

}  // namespace ferroway::config::testing
