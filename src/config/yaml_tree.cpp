#include "config/yaml_tree.hpp"

#include <yaml.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.hpp"
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
  tree_builder(std::string_view text, reporter& report, std::uint32_t file, yaml_budget& budget)
      : text_(text), lines_(text), report_(report), file_(file), budget_(budget) {
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
    const position at = in_file(lines_.of_mark(next.start_mark.line, next.start_mark.column));
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
    made->text = keep_text({reinterpret_cast<const char*>(from.value), from.length},
                           lines_.offset_of(at) + (made->plain ? 0 : 1));
    remember(view_of(from.anchor), made);
    add(made);
  }

  // Most texts stand in the file as they are, at `offset`.
  std::string_view keep_text(std::string_view text, std::size_t offset) {
    const std::string_view there =
        offset < text_.size() ? text_.substr(offset, text.size()) : std::string_view{};
    if (there == text) return there;
    const std::span<const char> kept = tree_.texts.keep(text);
    return {kept.data(), kept.size()};
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
    open_.push_back({made, pending_.size(), std::string(view_of(anchor))});
  }

  // An anchor is known only when its node is complete, so no alias can stand inside what it stands
  // for.
  void close() {
    const opened done = std::move(open_.back());
    open_.pop_back();
    done.made->items = tree_.lists.keep(std::span(pending_).subspan(done.begin));
    pending_.resize(done.begin);
    if (done.made->is_mapping()) check_keys(*done.made);
    remember(done.anchor, done.made);
    add(done.made);
  }

  void check_keys(const node& mapping) {
    const bool many = mapping.items.size() > 2 * keys_compared_max;
    std::unordered_map<std::string_view, const node*> seen;
    for (std::size_t i = 0; i < mapping.items.size(); i += 2) {
      const node& key = *mapping.items[i];
      if (!key.is_scalar()) {
        report_.error(key.at, "a key must be text", key.flow ? "quote this key" : "");
        continue;
      }
      if (key.plain && key.text == "<<") {
        report_.error(key.at, "merge keys (`<<`) are not supported",
                      "write the keys out; routes share settings by standing in a group");
        continue;
      }
      const node* first =
          many ? seen.try_emplace(key.text, &key).first->second : first_called(mapping, key.text);
      if (first == &key) continue;
      report_.error(key.at, "duplicate key " + shown(key.text),
                    "the first is " + report_.place(first->at, key.at));
    }
  }

  static const node* first_called(const node& mapping, std::string_view text) {
    for (std::size_t i = 0;; i += 2) {
      if (mapping.items[i]->is_scalar() && mapping.items[i]->text == text) return mapping.items[i];
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
    if (count > budget_.nodes_left) {
      refuse(at, "more than " + std::to_string(nodes_max) + " values, aliases included", "");
    } else {
      budget_.nodes_left -= count;
    }
  }

  position in_file(position at) const {
    at.file = file_;
    return at;
  }

  void remember(std::string_view anchor, const node* made) {
    if (!anchor.empty()) anchors_[std::string(anchor)] = made;
  }

  void add(const node* made) {
    if (open_.empty()) {
      tree_.root = made;
      return;
    }
    pending_.push_back(made);
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
    if (parser_.error == YAML_MEMORY_ERROR) return refuse(in_file({}), "out of memory", "");
    if (parser_.error == YAML_READER_ERROR) {
      return refuse(in_file(lines_.of_offset(std::min(parser_.problem_offset, text_.size()))),
                    "a control character, or bytes that are not UTF-8",
                    "in double quotes write it as an escape, such as \"\\x07\"");
    }
    const std::string_view context = parser_.context == nullptr ? "" : parser_.context;
    const std::string_view problem = parser_.problem == nullptr ? "" : parser_.problem;
    if (context.contains("flow") && refuse_comment()) return;
    // A key without its colon is found out only at the next line.
    const bool key = context.contains("simple key");
    const yaml_mark_t& mark = key ? parser_.context_mark : parser_.problem_mark;
    const position at = in_file(lines_.of_mark(mark.line, mark.column));
    auto [message, hint] = explain_yaml({problem, context, lines_.line(at.line), at.column - 1});
    refuse(at, std::move(message), std::move(hint));
  }

  // True when a comment took a brace away, between where the structure began and where its end was
  // missed. At the end of the file libyaml does not know any more where it began.
  bool refuse_comment() {
    constexpr std::size_t lines_searched = 100;
    std::size_t line = parser_.problem_mark.line + 1;
    std::size_t first = parser_.context_mark.line + 1;
    if (trim(lines_.line(line)).empty()) {
      while (line > 1 && trim(lines_.line(line)).empty()) --line;
      first = std::min(first, line);
    }
    for (std::size_t left = lines_searched; line >= first && left > 0; --line, --left) {
      const std::string_view text = lines_.line(line);
      const std::optional<std::size_t> column = comment_over_brace(text);
      if (!column) continue;
      const position at{0, static_cast<std::uint32_t>(line),
                        static_cast<std::uint32_t>(*column + 1)};
      auto [message, hint] = explain_comment(text.substr(*column));
      refuse(in_file(at), std::move(message), std::move(hint));
      return true;
    }
    return false;
  }

  // Up to so many keys each is compared with those before it, which costs no memory.
  static constexpr std::size_t keys_compared_max = 24;

  struct opened {
    node* made;
    std::size_t begin;  // of its items in pending_
    std::string anchor;
  };

  std::string_view text_;
  source_lines lines_;
  reporter& report_;
  std::uint32_t file_;
  yaml_budget& budget_;
  yaml_parser_t parser_{};
  yaml_tree tree_;
  std::vector<opened> open_;
  std::vector<const node*> pending_;  // items of what is open, the innermost last
  std::unordered_map<std::string, const node*> anchors_;
  bool refused_ = false;
};

}  // namespace

yaml_tree parse_yaml(std::string_view text, reporter& report, std::uint32_t file,
                     yaml_budget& budget) {
  if (text.size() > file_bytes_max) {
    report.error({file, 0, 0},
                 "the file is larger than " + std::to_string(file_bytes_max >> 20) + " MiB");
    return {};
  }
  if (const auto bad = invalid_utf8(text)) {
    position at = source_lines(text).of_offset(*bad);
    at.file = file;
    report.error(at, "this byte is not valid UTF-8", "save the file as UTF-8");
    return {};
  }
  return tree_builder(text, report, file, budget).build();
}

}  // namespace ferroway::config
