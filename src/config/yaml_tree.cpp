#include "config/yaml_tree.hpp"

#include <yaml.h>

#include <optional>
#include <unordered_map>

#include "config/limits.hpp"
#include "config/source_lines.hpp"
#include "config/yaml_errors.hpp"

namespace ferroway::config {
namespace {

std::string_view view_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

// One event, freed at the end of its turn.
struct event : yaml_event_t {
  event() : yaml_event_t{} {}
  event(const event&) = delete;
  event& operator=(const event&) = delete;
  ~event() { yaml_event_delete(this); }
};

class tree_builder {
 public:
  tree_builder(std::string_view text, reporter& report)
      : text_(text), lines_(text), report_(report) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  tree_builder(const tree_builder&) = delete;
  tree_builder& operator=(const tree_builder&) = delete;
  ~tree_builder() { yaml_parser_delete(&parser_); }

  yaml_tree build() {
    bool more = true;
    while (more && !refused_) {
      event next;
      if (yaml_parser_parse(&parser_, &next) == 0) {
        refuse_syntax();
        break;
      }
      more = take(next);
    }
    if (refused_) tree_.root = nullptr;
    return std::move(tree_);
  }

 private:
  // False at the end of the stream.
  bool take(const event& next) {
    const position at = lines_.of_mark(next.start_mark.line, next.start_mark.column);
    switch (next.type) {
      case YAML_DOCUMENT_START_EVENT:
        if (tree_.root != nullptr) refuse(at, "a second document in one file", "remove the `---`");
        return true;
      case YAML_ALIAS_EVENT:
        take_alias(view_of(next.data.alias.anchor), at);
        return true;
      case YAML_SCALAR_EVENT:
        take_scalar(next, at);
        return true;
      case YAML_SEQUENCE_START_EVENT: {
        const auto& start = next.data.sequence_start;
        open(node::kind::list, start.style == YAML_FLOW_SEQUENCE_STYLE, start.anchor, start.tag,
             at);
        return true;
      }
      case YAML_MAPPING_START_EVENT: {
        const auto& start = next.data.mapping_start;
        open(node::kind::mapping, start.style == YAML_FLOW_MAPPING_STYLE, start.anchor, start.tag,
             at);
        return true;
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return true;
      case YAML_STREAM_END_EVENT:
        return false;
      default:
        return true;
    }
  }

  void take_scalar(const event& next, position at) {
    const auto& from = next.data.scalar;
    if (from.tag != nullptr) return refuse_tag(at);
    node* made = make(node::kind::scalar, at);
    if (made == nullptr) return;
    made->plain = from.style == YAML_PLAIN_SCALAR_STYLE;
    made->text.assign(reinterpret_cast<const char*>(from.value), from.length);
    remember(view_of(from.anchor), made);
    add(made);
  }

  void take_alias(std::string_view name, position at) {
    const auto found = anchors_.find(std::string(name));
    if (found == anchors_.end()) {
      return refuse(at, "no anchor " + shown("&" + std::string(name)) + " stands before this alias",
                    "quote the value if it is text: \"*" + std::string(name.substr(0, 60)) + "\"");
    }
    spend(found->second->weight, at);
    if (!refused_) add(found->second);
  }

  void open(node::kind is, bool flow, const yaml_char_t* anchor, const yaml_char_t* tag,
            position at) {
    if (tag != nullptr) return refuse_tag(at);
    if (open_.size() >= depth_max) {
      return refuse(at, "nested deeper than " + std::to_string(depth_max) + " levels", "");
    }
    node* made = make(is, at);
    if (made == nullptr) return;
    made->flow = flow;
    open_.push_back({made, std::string(view_of(anchor))});
  }

  // An anchor is known only when its node is complete, so no alias can stand inside what it stands
  // for.
  void close() {
    const opened done = std::move(open_.back());
    open_.pop_back();
    if (done.made->is_mapping()) check_keys(*done.made);
    remember(done.anchor, done.made);
    add(done.made);
  }

  void check_keys(const node& mapping) {
    std::unordered_map<std::string_view, const node*> seen;
    for (std::size_t i = 0; i < mapping.items.size(); i += 2) {
      const node& key = *mapping.items[i];
      if (!key.is_scalar()) {
        report_.error(key.at, "a key must be text", key.flow ? "quote this key" : "");
      } else if (key.plain && key.text == "<<") {
        report_.error(key.at, "merge keys (`<<`) are not supported",
                      "write the keys out; routes share settings by standing in a group");
      } else if (const auto [first, fresh] = seen.try_emplace(key.text, &key); !fresh) {
        report_.error(key.at, "duplicate key " + shown(key.text),
                      "the first is in line " + std::to_string(first->second->at.line));
      }
    }
  }

  node* make(node::kind is, position at) {
    spend(1, at);
    if (refused_) return nullptr;
    node& made = tree_.nodes.emplace_back();
    made.is = is;
    made.at = at;
    return &made;
  }

  void spend(std::size_t count, position at) {
    spent_ += count;
    if (spent_ > nodes_max) {
      refuse(at, "more than " + std::to_string(nodes_max) + " values, aliases included", "");
    }
  }

  void remember(std::string_view anchor, const node* made) {
    if (!anchor.empty()) anchors_[std::string(anchor)] = made;
  }

  void add(const node* made) {
    if (open_.empty()) {
      tree_.root = made;
      return;
    }
    open_.back().made->items.push_back(made);
    open_.back().made->weight += made->weight;
  }

  void refuse(position at, std::string message, std::string hint) {
    if (!refused_) report_.error(at, std::move(message), std::move(hint));
    refused_ = true;
  }

  void refuse_tag(position at) {
    refuse(at, "YAML tags (`!`) are not supported", "quote the value if it begins with `!`");
  }

  void refuse_syntax() {
    if (parser_.error == YAML_MEMORY_ERROR) return refuse({}, "out of memory", "");
    if (parser_.error == YAML_READER_ERROR) {
      return refuse(lines_.of_offset(std::min(parser_.problem_offset, text_.size())),
                    "a control character, or bytes that are not UTF-8",
                    "in double quotes write it as an escape, such as \"\\x07\"");
    }
    const position at = lines_.of_mark(parser_.problem_mark.line, parser_.problem_mark.column);
    const char* context = parser_.context == nullptr ? "" : parser_.context;
    const char* problem = parser_.problem == nullptr ? "" : parser_.problem;
    auto [message, hint] = explain_yaml({problem, context, lines_.line(at.line), at.column - 1});
    refuse(at, std::move(message), std::move(hint));
  }

  struct opened {
    node* made;
    std::string anchor;
  };

  std::string_view text_;
  source_lines lines_;
  reporter& report_;
  yaml_parser_t parser_{};
  yaml_tree tree_;
  std::vector<opened> open_;
  std::unordered_map<std::string, const node*> anchors_;
  std::size_t spent_ = 0;
  bool refused_ = false;
};

}  // namespace

yaml_tree parse_yaml(std::string_view text, reporter& report) {
  if (text.size() > file_bytes_max) {
    report.error({}, "the file is larger than " + std::to_string(file_bytes_max >> 20) + " MiB");
    return {};
  }
  if (const auto bad = invalid_utf8(text)) {
    report.error(source_lines(text).of_offset(*bad), "this byte is not valid UTF-8",
                 "save the file as UTF-8");
    return {};
  }
  return tree_builder(text, report).build();
}

}  // namespace ferroway::config
