// The tables of keys in docs/.
#include <algorithm>
#include <array>
#include <vector>

#include "config/known_keys.hpp"
#include "config/scalar.hpp"
#include "config/schema.hpp"

namespace ferroway::config {
namespace {

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string range(const std::string& least, const std::string& most) {
  return least == most ? code(least) : least + " to " + most;
}

std::string names_of(const key_table& table) {
  std::string all;
  for (const std::string_view name : working_names(table.keys)) {
    all += (all.empty() ? "" : ", ") + code(name);
  }
  return all;
}

// What may stand there, in few words.
std::string words_for(const value_type& type) {
  if (!type.what.empty()) return std::string(type.what);
  const auto milliseconds = [](std::int64_t count) {
    return format_duration(std::chrono::milliseconds(count));
  };
  const auto bytes = [](std::int64_t count) {
    return format_size(static_cast<std::uint64_t>(count));
  };
  std::string all;
  switch (type.is) {
    case value_is::flag:
      return "`true` or `false`";
    case value_is::count:
      return range(std::to_string(type.least), std::to_string(type.most));
    case value_is::duration:
      return range(milliseconds(type.least), milliseconds(type.most));
    case value_is::size:
      return range(bytes(type.least), bytes(type.most));
    case value_is::word:
      for (const std::string_view word : type.words) all += (all.empty() ? "" : ", ") + code(word);
      return all;
    case value_is::mapping:
      return type.table->in_docs ? std::string(type.table->what)
                                 : "{" + names_of(*type.table) + "}";
    case value_is::any_of:
      for (const value_type* form : type.forms) {
        all += (all.empty() ? "" : ", or ") + words_for(*form);
      }
      return all;
    default:
      return {};
  }
}

using table_list = std::vector<const key_table*>;

// The table that is shown with the key: one without a place of its own, at its first use.
const key_table* shown_here(const value_type& type, const table_list& shown) {
  for (const value_type* form : type.forms) {
    if (const key_table* found = shown_here(*form, shown)) return found;
  }
  const bool here = type.is == value_is::mapping && !type.table->in_docs &&
                    std::ranges::find(shown, type.table) == shown.end();
  return here ? type.table : nullptr;
}

void add_rows(const key_table& table, const std::string& prefix, table_list& shown,
              std::string& into) {
  for (const known_key& key : table.keys) {
    if (!key.works) continue;
    into += "| " + code(prefix + std::string(key.name)) + " | " + words_for(key.type) + " | " +
            std::string(key.fallback) + " | " + std::string(key.note) + " |\n";
    if (const key_table* inner = shown_here(key.type, shown)) {
      shown.push_back(inner);
      add_rows(*inner, prefix + std::string(key.name) + ".", shown, into);
    }
  }
}

void add_later(const key_table& table, std::string& into) {
  std::string names;
  for (const known_key& key : table.keys) {
    if (!key.works) names += (names.empty() ? "" : ", ") + code(key.name);
  }
  if (!names.empty()) into += "- in " + std::string(table.what) + ": " + names + "\n";
}

}  // namespace

std::string markdown_tables() {
  const std::array tables{&keys::top,
                          &keys::consumer,
                          &keys::listener,
                          &keys::dns,
                          &keys::upstream,
                          &keys::health_check,
                          &keys::outlier_detection,
                          &keys::retry,
                          &keys::mirror,
                          &keys::route,
                          &keys::group,
                          &keys::middleware,
                          &keys::rate_limit,
                          &keys::cors,
                          &keys::security_headers,
                          &keys::ip_filter,
                          &keys::body_limit,
                          &keys::concurrency_limit,
                          &keys::compress,
                          &keys::error_pages,
                          &keys::forward_auth,
                          &keys::jwt,
                          &keys::api_key,
                          &keys::basic_auth,
                          &keys::hmac};
  table_list shown{&keys::none};
  std::string all;
  for (const key_table* table : tables) {
    const std::string_view first = table == &keys::middleware ? "kind" : "key";
    all += "<!-- keys: " + std::string(table->name) + " -->\n| " + std::string(first) +
           " | value | default | meaning |\n|---|---|---|---|\n";
    add_rows(*table, "", shown, all);
    all += "<!-- end -->\n";
  }
  all += "<!-- keys: later -->\n";
  for (const key_table* table : tables) {
    add_later(*table, all);
    if (table == &keys::upstream) add_later(keys::connections, all);
    if (table == &keys::route) add_later(keys::path, all);
  }
  return all + "<!-- end -->\n";
}

}  // namespace ferroway::config
