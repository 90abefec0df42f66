// `body_limit` and `concurrency_limit`: how much, and how much at once.
#include "config/read_middlewares.hpp"
#include "config/variables.hpp"

namespace ferroway::config {
namespace {

// Of a table, as its readers take it: ranges stand there and nowhere else.
struct range {
  std::size_t least;
  std::size_t most;
};

range range_of(const key_table& table, std::string_view key) {
  const value_type& type = table.find(key)->type;
  return {static_cast<std::size_t>(type.least), static_cast<std::size_t>(type.most)};
}

void report_missing(reading& in, const node& from, const fields& all, std::string_view kind,
                    std::string_view key, std::string_view such_as) {
  if (all.meant(key)) return;
  in.report.error(from.at, "`" + std::string(kind) + "` has no `" + std::string(key) + "`",
                  "such as " + std::string(such_as));
}

// The key of a limit: which requests it counts together.
std::string read_key(reading& in, const node& from, std::vector<used_variable>& variables) {
  constexpr std::string_view what = "a variable such as client.ip or header.X-Tenant";
  const auto name = read_text(in, from, "key", what);
  if (!name) return {};
  if (!is_variable_name(*name)) {
    expected(in, from, "key", what,
             "such as `header." + std::string(is_name(*name) ? *name : "X-Tenant") + "`");
    return {};
  }
  if (!check_variable(in, from, *name)) return {};
  variables.push_back({*name, from.at});
  return *name;
}

}  // namespace

std::optional<body_limit_middleware> read_body_limit(reading& in, const node& from) {
  body_limit_middleware made;
  if (from.is_scalar() && !from.is_null()) {
    const range allowed = range_of(keys::body_limit, "size");
    const auto size = read_size(in, from, "body_limit", allowed.least, allowed.most);
    if (!size) return std::nullopt;
    made.size = *size;
    return made;
  }
  if (!is_mapping(in, from, "body_limit", "a size such as 1MiB")) return std::nullopt;
  const fields all(in, from, keys::body_limit);
  std::optional<std::size_t> size;
  all.read("size", size);
  all.read("shadow", made.shadow);
  report_missing(in, from, all, "body_limit", "size", "`size: 1MiB`");
  if (!size) return std::nullopt;
  made.size = *size;
  return made;
}

std::optional<concurrency_limit_middleware> read_concurrency_limit(
    reading& in, const node& from, std::vector<used_variable>& variables) {
  concurrency_limit_middleware made;
  if (from.is_scalar() && !from.is_null()) {
    const range allowed = range_of(keys::concurrency_limit, "requests");
    const auto requests = read_count(in, from, "concurrency_limit", allowed.least, allowed.most);
    if (!requests) return std::nullopt;
    made.requests = *requests;
    return made;
  }
  if (!is_mapping(in, from, "concurrency_limit", "a limit such as {requests: 100}")) {
    return std::nullopt;
  }
  const fields all(in, from, keys::concurrency_limit);
  std::optional<std::size_t> requests;
  all.read("requests", requests);
  all.read("queue", made.queue);
  all.read("queue_timeout", made.queue_timeout);
  all.read("shadow", made.shadow);
  if (const node* key = all.find("key")) made.key = read_key(in, *key, variables);
  report_missing(in, from, all, "concurrency_limit", "requests", "`requests: 100`");
  if (!requests) return std::nullopt;
  made.requests = *requests;
  return made;
}

}  // namespace ferroway::config
