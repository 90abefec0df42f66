// The long form: block style, every default written out, every text in double quotes where YAML
// could misread it.
#include <algorithm>

#include "base/text.hpp"
#include "config/load.hpp"
#include "config/print_connections.hpp"
#include "config/print_health.hpp"
#include "config/print_middlewares.hpp"
#include "config/scalar.hpp"
#include "config/yaml_text.hpp"

namespace ferroway::config {
namespace {

class printer {
 public:
  explicit printer(const config& from) : from_(from) {}

  std::string run() {
    line(0, "version: 1");
    line(0, "workers: " + (from_.workers ? std::to_string(*from_.workers) : "auto"));
    line(0, "io: " + std::string(from_.io ? to_string(*from_.io) : "auto"));
    line(0, "drain_timeout: " + format_duration(from_.drain_timeout));
    line(0, std::string("watch: ") + (from_.watch ? "true" : "false"));
    print(from_.admin);
    line(0, "probe: " + (from_.probe.is_on() ? yaml_quoted(from_.probe.address.text()) : "off"));
    print(from_.names);
    line(0, "listeners:");
    for (const listener& each : from_.listeners) print(each);
    if (!from_.consumers.empty()) line(0, "consumers:");
    for (const consumer& each : from_.consumers) print(each);
    if (!from_.upstreams.empty()) line(0, "upstreams:");
    for (const upstream& each : from_.upstreams) print(each);
    if (!from_.middlewares.empty()) line(0, "middlewares:");
    for (const middleware& each : from_.middlewares) print(each);
    if (!from_.use.empty()) line(0, "use: " + names_of(from_.use));
    line(0, "routes:");
    for (const route& each : from_.routes) print(each);
    return std::move(out_);
  }

 private:
  void line(std::size_t indent, const std::string& text) {
    out_.append(indent, ' ');
    out_ += text;
    out_ += '\n';
  }

  // As the file has it where it came from outside.
  std::string quoted(const std::string& text) const {
    const auto written = from_.outside.find(text);
    return written ? yaml_as_written(*written) : yaml_quoted(text);
  }

  void print(const admin_listener& admin) {
    if (!admin.is_on()) return line(0, "admin: off");
    line(0, "admin:");
    line(2, "address: " + yaml_quoted(admin.address.text()));
    line(2, std::string("required: ") + (admin.required ? "true" : "false"));
    if (!admin.token.empty()) line(2, "token: " + yaml_template(admin.token));
  }

  void print(const dns& names) {
    line(0, "dns:");
    std::vector<std::string> servers;
    for (const io::address& each : names.servers) servers.push_back(yaml_quoted(each.text()));
    if (!servers.empty()) line(2, "servers: " + yaml_list(servers));
    line(2, "refresh_min: " + format_duration(names.refresh_min));
    line(2, "refresh_max: " + format_duration(names.refresh_max));
    line(2, "timeout: " + format_duration(names.timeout));
    line(2, "family: " + std::string(family_words[static_cast<std::size_t>(names.use)]));
  }

  void print(const listener& each) {
    line(2, "- name: " + yaml_word(each.name));
    line(4, "address: " + yaml_quoted(each.address.text()));
    std::vector<std::string> networks;
    for (const io::ip_network& network : each.trusted_proxies) {
      networks.push_back(yaml_quoted(yaml_network(network)));
    }
    if (!networks.empty()) line(4, "trusted_proxies: " + yaml_list(networks));
    line(4, "limits:");
    line(6, "head_bytes: " + format_size(each.limits.head_bytes));
    line(6, "header_fields: " + std::to_string(each.limits.header_fields));
    line(6, "target_bytes: " + format_size(each.limits.target_bytes));
    if (each.limits.body_bytes) line(6, "body_bytes: " + format_size(*each.limits.body_bytes));
    if (each.limits.connections) {
      line(6, "connections: " + std::to_string(*each.limits.connections));
    }
    line(4, "timeouts:");
    line(6, "head: " + format_duration(each.timeouts.head));
    line(6, "body: " + format_duration(each.timeouts.body));
    line(6, "send: " + format_duration(each.timeouts.send));
    line(6, "keep_alive: " + format_duration(each.timeouts.keep_alive));
  }

  void print(const consumer& each) {
    std::vector<std::string> groups;
    for (const std::string& group : each.groups) groups.push_back(yaml_word(group));
    if (groups.empty()) return line(2, yaml_quoted(each.name) + ": {}");
    line(2, yaml_quoted(each.name) + ":");
    line(4, "groups: " + yaml_list(groups));
  }

  void print(const upstream& each) {
    line(2, yaml_word(each.name) + ":");
    line(4, "endpoints:");
    for (const endpoint& one : each.endpoints) {
      line(6, "- url: " + quoted(one.url));
      line(8, "weight: " + std::to_string(one.weight));
      line(8, "priority: " + std::to_string(one.priority));
    }
    const bool fixed = each.host == host_sent::fixed;
    line(4, "host: " + (fixed                              ? quoted(each.host_name)
                        : each.host == host_sent::endpoint ? "endpoint"
                                                           : "client"));
    print_balance(each);
    line(4, "connections:");
    for (const std::string& setting : connections_of(each)) line(6, setting);
    line(4, "timeouts:");
    line(6, "connect: " + format_duration(each.connect_timeout));
  }

  void print_balance(const upstream& each) {
    if (each.balance == balancing::consistent_hash) {
      line(4, "balance:");
      line(6, "consistent_hash: " + yaml_quoted(each.hash_by));
    } else {
      const auto index = static_cast<std::size_t>(each.balance);
      line(4, "balance: " + std::string(balancing_words[index]));
    }
    if (!each.sticky.cookie.empty()) {
      line(4, "sticky:");
      line(6, "cookie: " + yaml_quoted(each.sticky.cookie));
      if (!each.sticky.key.empty()) line(6, "key: " + yaml_template(each.sticky.key));
      line(6, std::string("secure: ") + (each.sticky.secure ? "true" : "false"));
    }
    line(4, "panic_threshold: " + std::to_string(each.panic_threshold) + "%");
    line(4, "slow_start: " + format_duration(each.slow_start));
    for (const std::string& setting : long_form_of(each.check, from_.outside)) line(4, setting);
    for (const std::string& setting : long_form_of(each.outliers)) line(4, setting);
  }

  void print(const middleware& each) {
    line(2, yaml_word(each.name) + ":");
    const std::vector<std::string> lines = long_form_of(*each.settings, from_.outside);
    if (lines.empty()) return line(4, each.kind + ": {}");
    line(4, each.kind + ":");
    for (const std::string& setting : lines) line(6, setting);
  }

  void print(const route& each) {
    line(2, "- name: " + yaml_word(each.name));
    if (!each.host.empty()) line(4, "host: " + quoted(each.host));
    if (each.path == path_kind::prefix) {
      line(4, "path: " + quoted(each.pattern));
    } else {
      line(4, "path:");
      line(6, (each.path == path_kind::exact ? "exact: " : "regex: ") + quoted(each.pattern));
    }
    if (!each.methods.empty()) {
      std::vector<std::string> methods;
      for (const std::string& method : each.methods) methods.push_back(yaml_word(method));
      line(4, "methods: " + yaml_list(methods));
    }
    print_allowed_in_path(each.allowed_in_path);
    print_conditions("headers", each.headers);
    print_conditions("query", each.query);
    if (each.priority != 0) line(4, "priority: " + std::to_string(each.priority));
    print_listeners(each.listeners);
    print_pipeline(each.pipeline);
    line(4, "timeouts:");
    if (each.timeouts.request) line(6, "request: " + format_duration(*each.timeouts.request));
    line(6, "response: " + format_duration(each.timeouts.response));
    line(6, "idle: " + format_duration(each.timeouts.idle));
    line(6, "tunnel: " + format_duration(each.timeouts.tunnel));
    if (!each.targets.empty()) {
      for (const std::string& setting : long_form_of(retry_of(each.again))) line(4, setting);
    }
    if (!each.targets.empty()) print_targets(each);
    if (each.copies) {
      const std::string& to = from_.upstreams[each.copies->to].name;
      for (const std::string& setting : long_form_of(*each.copies, to)) line(4, setting);
    }
    if (each.fixed) print(*each.fixed);
    if (each.elsewhere) print(*each.elsewhere);
  }

  void print_allowed_in_path(http::path_ambiguities allowed) {
    if (allowed.empty()) return;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < http::path_ambiguities::names.size(); ++i) {
      if (!allowed.has(static_cast<http::path_ambiguities::one>(i))) continue;
      names.push_back(quoted(std::string(http::path_ambiguities::names[i])));
    }
    line(4, "allow_in_path: " + yaml_list(names));
  }

  void print_conditions(const std::string& key, const std::vector<condition>& all) {
    if (!all.empty()) line(4, key + ":");
    for (const condition& each : all) {
      const std::string name = yaml_word(each.name) + ": ";
      switch (each.is) {
        case condition::kind::equals:
          line(6, name + quoted(each.value));
          break;
        case condition::kind::regex:
          line(6, name + "{regex: " + quoted(each.value) + "}");
          break;
        case condition::kind::present:
        case condition::kind::absent:
          line(6, name + "{present: " + (each.is == condition::kind::present ? "true" : "false") +
                      "}");
          break;
      }
    }
  }

  void print_targets(const route& each) {
    line(4, std::string("websocket: ") + (each.websocket ? "true" : "false"));
    if (each.rewrite) print(*each.rewrite);
    if (!each.stick_by.empty()) line(4, "stick_by: " + yaml_word(each.stick_by));
    if (each.targets.size() == 1) {
      return line(4, "to: " + yaml_word(from_.upstreams[each.targets[0].upstream].name));
    }
    line(4, "to:");
    for (const target& one : each.targets) {
      line(6, "- upstream: " + yaml_word(from_.upstreams[one.upstream].name));
      line(8, "weight: " + std::to_string(one.weight));
    }
  }

  void print(const path_rewrite& what) {
    line(4, "rewrite:");
    if (!what.strip_prefix.empty()) line(6, "strip_prefix: " + quoted(what.strip_prefix));
    if (!what.add_prefix.empty()) line(6, "add_prefix: " + quoted(what.add_prefix));
    if (!what.path.empty()) line(6, "path: " + yaml_template(what.path));
    if (what.match.empty()) return;
    line(6, "regex:");
    line(8, "match: " + quoted(what.match));
    line(8, "replace: " + quoted(what.replace));
  }

  void print(const redirect& what) {
    line(4, "redirect:");
    if (!what.scheme.empty()) line(6, "scheme: " + what.scheme);
    if (!what.host.empty()) line(6, "host: " + quoted(what.host));
    if (what.port) line(6, "port: " + std::to_string(*what.port));
    if (!what.path.empty()) line(6, "path: " + yaml_template(what.path));
    line(6, "status: " + std::to_string(what.status));
  }

  void print(const respond& what) {
    line(4, "respond:");
    line(6, "status: " + std::to_string(what.status));
    if (!what.body.empty()) line(6, "body: " + quoted(what.body));
    if (what.headers.empty()) return;
    line(6, "headers:");
    for (const auto& [name, value] : what.headers) {
      line(8, yaml_word(name) + ": " + quoted(value));
    }
  }

  void print_listeners(const std::vector<std::size_t>& chosen) {
    if (chosen.size() == from_.listeners.size()) return line(4, "listener: any");
    std::vector<std::string> names;
    for (const std::size_t index : chosen) names.push_back(yaml_word(from_.listeners[index].name));
    line(4, "listener: " + yaml_list(names));
  }

  // What the top level gives is in effect by itself; the rest is what the route takes away and
  // adds.
  void print_pipeline(const std::vector<std::size_t>& steps) {
    std::vector<std::size_t> without;
    std::size_t kept = 0;
    for (const std::size_t inherited : from_.use) {
      if (kept < steps.size() && steps[kept] == inherited) {
        ++kept;
      } else {
        without.push_back(inherited);
      }
    }
    if (!without.empty()) line(4, "without: " + names_of(without));
    const std::vector<std::size_t> own(steps.begin() + static_cast<std::ptrdiff_t>(kept),
                                       steps.end());
    if (!own.empty()) line(4, "use: " + names_of(own));
  }

  std::string names_of(const std::vector<std::size_t>& instances) const {
    std::vector<std::string> names;
    for (const std::size_t index : instances) {
      names.push_back(yaml_word(from_.middlewares[index].name));
    }
    return yaml_list(names);
  }

  const config& from_;
  std::string out_;
};

}  // namespace

std::string print_long_form(const config& from) { return printer(from).run(); }

}  // namespace ferroway::config
