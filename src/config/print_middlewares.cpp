#include "config/print_middlewares.hpp"

#include "config/scalar.hpp"
#include "config/yaml_text.hpp"

namespace ferroway::config {
namespace {

std::string_view level_name(compression_level level) {
  switch (level) {
    case compression_level::fast:
      return "fast";
    case compression_level::usual:
      return "default";
    case compression_level::best:
      return "best";
  }
  return "";
}

class settings_printer {
 public:
  explicit settings_printer(const outside_values& outside) : outside_(outside) {}

  void operator()(const request_id_middleware&) {}
  void operator()(const access_log_middleware& from) {
    if (from.format == log_format::as_template) {
      lines.push_back("format: " + yaml_template(from.line));
    } else {
      lines.emplace_back(from.format == log_format::json ? "format: json" : "format: combined");
    }
    print(from.to);
    // Whole percents and thousandths of one.
    std::string share = std::to_string(from.sample / 1000);
    if (from.sample % 1000 != 0) share += "." + std::to_string(1000 + from.sample % 1000).substr(1);
    lines.push_back(from.only_errors ? "only: errors" : "sample: " + share + "%");
  }
  void operator()(const request_headers_middleware& from) { print(from.edits); }
  void operator()(const response_headers_middleware& from) { print(from.edits); }
  void operator()(const rate_limit_middleware& from) {
    lines.push_back("rate: " + format_rate(from.rate.count, from.rate.period));
    lines.push_back("burst: " + std::to_string(from.burst));
    std::vector<std::string> names;
    for (const std::string& name : from.key) names.push_back(yaml_word(name));
    lines.push_back("key: " + yaml_list(names));
    if (!from.rates.empty()) lines.emplace_back("rates:");
    for (const auto& [value, rate] : from.rates) {
      lines.push_back("  " + quoted(value) + ": " + format_rate(rate.count, rate.period));
    }
    if (!from.group_rates.empty()) lines.emplace_back("group_rates:");
    for (const auto& [group, rate] : from.group_rates) {
      lines.push_back("  " + quoted(group) + ": " + format_rate(rate.count, rate.period));
    }
    lines.push_back("cost: " + std::to_string(from.cost));
    lines.push_back("ipv4_prefix: " + std::to_string(from.v4_bits));
    lines.push_back("ipv6_prefix: " + std::to_string(from.v6_bits));
    lines.push_back("clients: " + std::to_string(from.clients));
    flag("headers", from.fields);
    flag("shadow", from.shadow);
  }
  void operator()(const ip_filter_middleware& from) {
    print("allow", from.allow);
    print("deny", from.deny);
    flag("shadow", from.shadow);
  }
  void operator()(const body_limit_middleware& from) {
    lines.push_back("size: " + format_size(from.size));
    flag("shadow", from.shadow);
  }
  void operator()(const concurrency_limit_middleware& from) {
    lines.push_back("requests: " + std::to_string(from.requests));
    if (!from.key.empty()) lines.push_back("key: " + quoted(from.key));
    lines.push_back("queue: " + std::to_string(from.queue));
    lines.push_back("queue_timeout: " + format_duration(from.queue_timeout));
    flag("shadow", from.shadow);
  }
  void operator()(const error_pages_middleware& from) {
    lines.emplace_back("pages:");
    for (const error_pages_middleware::entry& each : from.pages) {
      const std::string last = each.first == each.last ? "" : "-" + std::to_string(each.last);
      lines.push_back("  " + std::to_string(each.first) + last + ":");
      for (const error_page& page : each.pages) {
        lines.push_back("    - {file: " + quoted(page.file) + ", type: " + quoted(page.type) + "}");
      }
    }
    lines.emplace_back(from.of_all ? "from: all" : "from: gateway");
  }
  void operator()(const forward_auth_middleware& from) {
    lines.push_back("to: " + yaml_word(from.upstream));
    lines.push_back("method: " + from.method);
    lines.push_back("path: " + quoted(from.path));
    lines.push_back("timeout: " + format_duration(from.timeout));
    names("request_headers", from.request_headers);
    names("to_request", from.to_request);
    names("to_response", from.to_response);
    lines.emplace_back(from.pass_on_error ? "on_error: pass" : "on_error: deny");
    flag("shadow", from.shadow);
  }

  void operator()(const compress_middleware& from) {
    std::vector<std::string> codings;
    for (const http::content_coding each : from.encodings)
      codings.emplace_back(http::to_string(each));
    lines.push_back("encodings: " + yaml_list(codings));
    lines.push_back("level: " + std::string(level_name(from.level)));
    lines.push_back("min_bytes: " + format_size(from.bytes_min));
    lines.push_back("types: " + quoted_list(from.types));
  }

  void operator()(const cors_middleware& from) {
    lines.push_back("origins: " + quoted_list(from.origins));
    lines.push_back(std::string("credentials: ") + (from.credentials ? "true" : "false"));
    if (!from.methods.empty()) lines.push_back("methods: " + quoted_list(from.methods));
    if (!from.headers.empty()) lines.push_back("headers: " + quoted_list(from.headers));
    if (!from.expose.empty()) lines.push_back("expose: " + quoted_list(from.expose));
    if (from.max_age) lines.push_back("max_age: " + format_duration(*from.max_age));
    lines.push_back(std::string("private_network: ") + (from.private_network ? "true" : "false"));
    lines.push_back(std::string("shadow: ") + (from.shadow ? "true" : "false"));
  }

  void operator()(const security_headers_middleware& from) {
    print("strict_transport_security", from.strict_transport_security);
    print("content_type_options", from.content_type_options);
    print("frame_options", from.frame_options);
    print("referrer_policy", from.referrer_policy);
    print("content_security_policy", from.content_security_policy);
    print("permissions_policy", from.permissions_policy);
    lines.push_back(std::string("override: ") + (from.override_upstream ? "true" : "false"));
  }

  void operator()(const jwt_middleware& from) {
    print_parties("issuer", from.issuers);
    print_parties("audience", from.audiences);
    print_keys(from);
    lines.push_back("leeway: " + format_duration(from.leeway));
    flag("require_exp", from.expiry_required);
    if (!from.scopes.empty()) lines.push_back("scopes: " + quoted_list(from.scopes));
    print(from.claims);
    if (from.place == token_place::cookie) lines.push_back("cookie: " + quoted(from.place_name));
    if (from.place == token_place::query) lines.push_back("query: " + quoted(from.place_name));
    flag("strip", from.strip);
    if (!from.to_headers.empty()) lines.emplace_back("to_headers:");
    for (const auto& [header, claim] : from.to_headers) {
      lines.push_back("  " + yaml_word(header) + ": " + quoted(claim));
    }
    if (!from.consumer.empty()) lines.push_back("consumer: " + quoted(from.consumer));
    if (!from.realm.empty()) lines.push_back("realm: " + quoted(from.realm));
    lines.push_back("cache: " + std::to_string(from.cache));
    flag("optional", from.optional);
    flag("shadow", from.shadow);
  }

  void operator()(const api_key_middleware& from) {
    if (!from.keys.empty()) lines.emplace_back("keys:");
    for (std::size_t i = 0; i < from.keys.size();) {
      // A consumer stands there once, with all its keys.
      const std::string& name = from.keys[i].consumer;
      std::vector<std::string> digests;
      for (; i < from.keys.size() && from.keys[i].consumer == name; ++i) {
        digests.push_back(yaml_quoted(credentials::to_text(from.keys[i].sha256)));
      }
      lines.push_back("  " + yaml_quoted(name) + ": " +
                      (digests.size() == 1 ? digests.front() : yaml_list(digests)));
    }
    if (!from.keys_file.empty()) lines.push_back("keys_file: " + quoted(from.keys_file));
    const bool query = from.place == token_place::query;
    lines.push_back((query ? "query: " : "header: ") + quoted(from.place_name));
    print(from.consumers);
  }

  void operator()(const hmac_middleware& from) {
    if (!from.keys.empty()) lines.emplace_back("keys:");
    for (const hmac_key& each : from.keys) {
      lines.push_back("  - {id: " + yaml_quoted(each.key.id) +
                      ", consumer: " + yaml_quoted(each.key.consumer) +
                      ", secret: " + yaml_template(each.secret) + "}");
    }
    if (!from.keys_file.empty()) lines.push_back("keys_file: " + quoted(from.keys_file));
    if (!from.components.empty()) lines.push_back("components: " + quoted_list(from.components));
    flag("content_digest", from.content_digest);
    lines.push_back("body_bytes: " + format_size(from.body_bytes));
    lines.push_back("max_age: " + format_duration(from.max_age));
    lines.push_back("leeway: " + format_duration(from.leeway));
    if (from.nonces > 0) lines.push_back("nonces: " + std::to_string(from.nonces));
    if (!from.tag.empty()) lines.push_back("tag: " + quoted(from.tag));
    print(from.consumers);
  }

  void operator()(const basic_auth_middleware& from) {
    lines.push_back("users_file: " + quoted(from.users_file));
    lines.push_back("remember: " + format_duration(from.remember));
    print(from.consumers);
  }

  std::vector<std::string> lines;

 private:
  void print(const consumer_rules& from) {
    names("groups", from.groups);
    if (!from.to_headers.empty()) lines.emplace_back("to_headers:");
    for (const auto& [header, fact] : from.to_headers) {
      lines.push_back("  " + yaml_word(header) +
                      (fact == consumer_fact::name ? ": consumer" : ": groups"));
    }
    flag("strip", from.strip);
    if (!from.realm.empty()) lines.push_back("realm: " + quoted(from.realm));
    flag("optional", from.optional);
    flag("shadow", from.shadow);
  }

  void print_parties(const std::string& key, const std::vector<std::string>& names) {
    lines.push_back(key + ": " + (names.empty() ? "any" : quoted_list(names)));
  }

  void print_keys(const jwt_middleware& from) {
    if (!from.keys.empty()) lines.emplace_back("keys:");
    for (const jwt_key& each : from.keys) {
      std::string line = "  - {algorithm: " + each.algorithm;
      if (!each.id.empty()) line += ", id: " + quoted(each.id);
      line += each.file.empty() ? ", secret: " + yaml_template(each.secret)
                                : ", public_key_file: " + quoted(each.file);
      lines.push_back(line + "}");
    }
    if (!from.jwks_file.empty()) lines.push_back("jwks_file: " + quoted(from.jwks_file));
    if (from.jwks) {
      lines.push_back("jwks: " + quoted(from.jwks->url));
      flag("insecure", from.insecure);
      lines.push_back("refresh: " + format_duration(from.refresh));
    }
    if (!from.algorithms.empty()) lines.push_back("algorithms: " + yaml_list(from.algorithms));
  }

  void print(const std::vector<jwt_claim>& claims) {
    if (!claims.empty()) lines.emplace_back("claims:");
    for (const jwt_claim& each : claims) {
      std::vector<std::string> values;
      for (const template_text& value : each.values) values.push_back(yaml_template(value));
      const std::string list = yaml_list(values);
      lines.push_back("  " + quoted(each.path) + ": " +
                      (each.is == jwt_claim::kind::equal    ? values.front()
                       : each.is == jwt_claim::kind::one_of ? "{one_of: " + list + "}"
                                                            : "{contains: " + list + "}"));
    }
  }

  void flag(const std::string& key, bool value) {
    lines.push_back(key + (value ? ": true" : ": false"));
  }

  void names(const std::string& key, const std::vector<std::string>& of) {
    if (!of.empty()) lines.push_back(key + ": " + quoted_list(of));
  }

  void print(const telemetry::log_destination& to) {
    using kind = telemetry::log_destination::kind;
    if (to.is == kind::file || to.is == kind::syslog) {
      lines.push_back("to: {" + std::string(to.is == kind::file ? "file: " : "syslog: ") +
                      quoted(to.at) + "}");
    } else {
      lines.emplace_back(to.is == kind::standard_output ? "to: stdout" : "to: stderr");
    }
  }

  void print(const std::string& key, const std::string& value) {
    lines.push_back(key + ": " + (value.empty() ? "off" : quoted(value)));
  }

  std::string quoted_list(const std::vector<std::string>& texts) const {
    std::vector<std::string> items;
    for (const std::string& text : texts) items.push_back(quoted(text));
    return yaml_list(items);
  }

  void print(const header_edits& edits) {
    // An empty mapping is the long form of nothing to edit.
    const bool empty =
        edits.set.empty() && edits.append.empty() && edits.add.empty() && edits.remove.empty();
    if (empty) return lines.emplace_back("set: {}"), void();
    print("set", edits.set);
    print("append", edits.append);
    print("add", edits.add);
    std::vector<std::string> removed;
    for (const std::string& name : edits.remove) removed.push_back(yaml_word(name));
    if (!removed.empty()) lines.push_back("remove: " + yaml_list(removed));
  }

  void print(const std::string& key, const network_list& from) {
    if (from.written.empty()) return;
    lines.push_back(key + ":");
    for (const std::string& item : from.written) lines.push_back("  - " + quoted(item));
  }

  void print(const std::string& verb,
             const std::vector<std::pair<std::string, template_text>>& values) {
    if (values.empty()) return;
    lines.push_back(verb + ":");
    for (const auto& [name, value] : values) {
      lines.push_back("  " + yaml_word(name) + ": " + yaml_template(value));
    }
  }

  // As the file has it, where it came from outside.
  std::string quoted(const std::string& text) const {
    const auto reference = outside_.find(text);
    return reference ? yaml_as_written(*reference) : yaml_quoted(text);
  }

  const outside_values& outside_;
};

}  // namespace

std::vector<std::string> long_form_of(const middleware_settings& from,
                                      const outside_values& outside) {
  settings_printer printer(outside);
  std::visit(printer, from.as);
  return std::move(printer.lines);
}

}  // namespace ferroway::config
