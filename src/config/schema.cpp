#include "config/schema.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.hpp"
#include "config/known_keys.hpp"
#include "config/limits.hpp"

namespace ferroway::config {
namespace {

// In a value that is substituted after YAML is read, nothing else can be checked before.
constexpr const char* substituted = "\\$\\{";

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// Compact JSON, put together piece by piece.
class object {
 public:
  object& add(std::string_view key, std::string_view json) {
    text_ += (text_.empty() ? "" : ",") + quoted(key) + ":";
    text_ += json;
    return *this;
  }
  object& add_text(std::string_view key, std::string_view text) { return add(key, quoted(text)); }
  std::string done() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

std::string list(const std::vector<std::string>& items) {
  std::string all = "[";
  for (const std::string& item : items) all += (all.size() > 1 ? "," : "") + item;
  return all + "]";
}

std::string reference(const key_table& table) {
  return object().add_text("$ref", "#/definitions/" + std::string(table.name)).done();
}

std::string text_with(std::string_view type, std::string pattern) {
  if (!pattern.empty()) pattern += '|';
  return object().add("type", type).add_text("pattern", pattern + substituted).done();
}

std::string of_word(const value_type& type) {
  std::vector<std::string> words;
  for (const std::string_view word : type.words) {
    words.push_back(quoted(word));
    // YAML 1.1 turns these into something else, 1.2 does not.
    if (word == "off" || word == "false") words.emplace_back("false");
    if (word == "on" || word == "true") words.emplace_back("true");
    if (parse_decimal(word)) words.emplace_back(word);
  }
  const std::string known = object().add("enum", list(words)).done();
  return object().add("anyOf", list({known, text_with(R"("string")", "")})).done();
}

std::string of_type(const value_type& type);

std::string of_mapping_of(const value_type& type) {
  object made;
  made.add_text("type", "object");
  if (type.is == value_is::named) {
    const std::string names = "^[A-Za-z0-9_.-]{1," + std::to_string(name_bytes_max) + "}$";
    made.add("propertyNames", object().add_text("pattern", names).done());
    made.add("patternProperties", R"({"^x-":true})");
  } else if (!type.pattern.empty()) {
    made.add("propertyNames", object().add_text("pattern", type.pattern).done());
  }
  return made.add("additionalProperties", of_type(*type.of)).done();
}

std::string_view required_key(const key_table& table) {
  const auto found = std::ranges::find(table.keys, required, &known_key::fallback);
  return found == table.keys.end() ? std::string_view{} : found->name;
}

std::string of_forms(const value_type& type) {
  const auto& forms = type.forms;
  const bool mappings =
      forms.size() == 2 && forms[0]->is == value_is::mapping && forms[1]->is == value_is::mapping;
  if (mappings) {  // told apart by a key, so that an editor's complaint is about the right one
    const std::string key = quoted(required_key(*forms[1]->table));
    return object()
        .add("if", object().add("required", list({key})).done())
        .add("then", of_type(*forms[1]))
        .add("else", of_type(*forms[0]))
        .done();
  }
  std::vector<std::string> all;
  for (const value_type* form : forms) all.push_back(of_type(*form));
  return object().add("anyOf", list(all)).done();
}

std::string of_count(const value_type& type) {
  return object()
      .add("type", R"(["integer","string"])")
      .add("minimum", std::to_string(type.least))
      .add("maximum", std::to_string(type.most))
      .add_text("pattern", "^-?[0-9]+$|" + std::string(substituted))
      .done();
}

std::string of_text(const value_type& type) {
  const std::string_view is = type.digits ? R"(["string","number"])" : R"("string")";
  if (type.pattern.empty()) return object().add("type", is).done();
  return text_with(is, std::string(type.pattern));
}

std::string of_type(const value_type& type) {
  switch (type.is) {
    case value_is::anything:
      return "{}";
    case value_is::nothing:
      return R"({"type":"null"})";
    case value_is::flag:
      return text_with(R"(["boolean","string"])", "^(true|false)$");
    case value_is::count:
      return of_count(type);
    case value_is::duration:
      return text_with(R"("string")", "^[0-9]+(ms|s|m|h)$");
    case value_is::size:
      return text_with(R"("string")", "^[0-9]+([KMG]i?)?B$");
    case value_is::word:
      return of_word(type);
    case value_is::name:
      return object()
          .add("type", R"(["string","number"])")
          .add_text("pattern", "^[A-Za-z0-9_.-]{1," + std::to_string(name_bytes_max) + "}$")
          .done();
    case value_is::text:
      return of_text(type);
    case value_is::list:
      return object()
          .add_text("type", "array")
          .add("items", of_type(*type.of))
          .add("minItems", "1")
          .done();
    case value_is::named:
    case value_is::pairs:
      return of_mapping_of(type);
    case value_is::mapping:
    case value_is::one_kind:
      return reference(*type.table);
    case value_is::any_of:
      return of_forms(type);
  }
  return "{}";
}

// `30s` as it stands between backquotes, as JSON of the type; empty where the default is words.
std::string fallback_json(const known_key& key) {
  std::string_view text = key.fallback;
  if (text.size() < 3 || !text.starts_with('`') || !text.ends_with('`')) return {};
  text = text.substr(1, text.size() - 2);
  const bool bare = key.type.is == value_is::flag || key.type.is == value_is::count ||
                    text == "true" || text == "false";
  return bare ? std::string(text) : quoted(text);
}

std::string of_key(const known_key& key) {
  object made;
  if (!key.note.empty()) made.add_text("description", key.note);
  if (const std::string fallback = fallback_json(key); !fallback.empty()) {
    made.add("default", fallback);
  }
  // Beside `$ref` nothing else counts in draft 07.
  return made.add("allOf", list({of_type(key.type)})).done();
}

// One schema for each of `among` that works: that it is there.
std::vector<std::string> presence(const key_table& table, std::span<const std::string_view> among) {
  std::vector<std::string> all;
  for (const std::string_view name : among) {
    const known_key* key = table.find(name);
    if (key == nullptr || !key->works) continue;
    all.push_back(object().add("required", list({quoted(name)})).done());
  }
  return all;
}

std::string of_table(const key_table& table) {
  object properties;
  std::vector<std::string> needed;
  for (const known_key& key : table.keys) {
    if (!key.works) continue;
    properties.add(key.name, of_key(key));
    if (key.fallback == required) needed.push_back(quoted(key.name));
  }
  object made;
  made.add_text("type", "object").add("properties", properties.done());
  if (table.notes_allowed) made.add("patternProperties", R"({"^x-":true})");
  made.add("additionalProperties", "false");
  if (!needed.empty()) made.add("required", list(needed));
  const auto exactly_one = presence(table, table.exactly_one);
  if (!exactly_one.empty()) made.add("oneOf", list(exactly_one));
  const auto at_least_one = presence(table, table.at_least_one);
  if (!at_least_one.empty()) made.add("anyOf", list(at_least_one));
  if (&table == &keys::middleware) made.add("minProperties", "1").add("maxProperties", "1");
  return made.done();
}

// The tables that `type` refers to, each once.
void collect(const value_type& type, std::vector<const key_table*>& into) {
  if (type.of != nullptr) collect(*type.of, into);
  for (const value_type* form : type.forms) collect(*form, into);
  if (type.table == nullptr || std::ranges::find(into, type.table) != into.end()) return;
  into.push_back(type.table);
  for (const known_key& key : type.table->keys) {
    if (key.works) collect(key.type, into);
  }
}

std::string indented(std::string_view compact) {
  std::string out;
  std::size_t depth = 0;
  bool text = false, escaped = false;
  const auto new_line = [&] { out += "\n" + std::string(2 * depth, ' '); };
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    const bool empty = (c == '{' || c == '[') && (compact[i + 1] == '}' || compact[i + 1] == ']');
    if (c == '"' && !escaped) text = !text;
    escaped = text && c == '\\' && !escaped;
    if (text || c == '"') {
      out += c;
    } else if (empty) {
      out += compact.substr(i++, 2);
    } else if (c == '{' || c == '[') {
      out += c;
      ++depth;
      new_line();
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      out += c;
    } else {
      out += c;
      if (c == ':') out += ' ';
      if (c == ',') new_line();
    }
  }
  return out + "\n";
}

}  // namespace

std::string json_schema() {
  std::vector<const key_table*> tables;
  for (const known_key& key : keys::top.keys) {
    if (key.works) collect(key.type, tables);
  }
  object definitions;
  for (const key_table* table : tables) definitions.add(table->name, of_table(*table));
  const std::string top = of_table(keys::top);
  object head;
  head.add_text("$schema", "http://json-schema.org/draft-07/schema#")
      .add_text("title", "A configuration of Ferroway");
  const std::string begin = head.done();
  return indented(begin.substr(0, begin.size() - 1) + "," + top.substr(1, top.size() - 2) +
                  ",\"definitions\":" + definitions.done() + "}");
}

}  // namespace ferroway::config
