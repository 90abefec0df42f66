#include "config/load.hpp"

#include <deque>
#include <set>

#include "config/include.hpp"
#include "config/limits.hpp"
#include "config/readers.hpp"
#include "config/validate.hpp"
#include "config/yaml_tree.hpp"

namespace ferroway::config {
namespace {

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

// Notes which files and folders a configuration depends on.
class recording_environment final : public environment {
 public:
  explicit recording_environment(const environment& outside) : outside_(outside) {}
  std::optional<std::string> variable(std::string_view name) const override {
    return outside_.variable(name);
  }
  std::optional<std::string> file(const std::string& path) const override {
    files_.insert(path);
    return outside_.file(path);
  }
  file_text configuration(const std::string& path, std::size_t bytes_max) const override {
    files_.insert(path);
    return outside_.configuration(path, bytes_max);
  }
  std::expected<std::optional<std::vector<std::string>>, std::string> names_in(
      const std::string& folder) const override {
    files_.insert(folder);
    return outside_.names_in(folder);
  }
  std::vector<std::string> files() const { return {files_.begin(), files_.end()}; }

 private:
  const environment& outside_;
  mutable std::set<std::string> files_;
};

// All files of one configuration on their way. Every part is read even where an earlier one has
// errors, so that all are shown at once.
class loading {
 public:
  loading(std::string name, std::string text, const environment& outside)
      : outside_(outside), in_{report_, outside_, folder_of(name)} {
    add_source(std::move(name), std::move(text));
  }

  loaded run() {
    loaded outcome;
    draft made;
    read(made);
    trees_.clear();  // before what follows needs as much again
    if (was_read_) validate(made, report_);
    if (!report_.failed()) {
      made.value.outside = std::move(in_.values_from_outside);
      outcome.value = finish(std::move(made));
    }
    outcome.diagnostics = report_.take();
    outcome.files_read = outside_.files();
    for (source& each : sources_) {
      if (each.text.size() > file_bytes_max) each.text = {};
      outcome.sources.push_back(std::move(each));
    }
    return outcome;
  }

 private:
  void add_source(std::string name, std::string text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
    bytes_ += text.size();
    report_.add_file(name);
    sources_.push_back({std::move(name), std::move(text)});
  }

  const node* parse(std::size_t file) {
    trees_.push_back(
        parse_yaml(sources_[file].text, report_, static_cast<std::uint32_t>(file), budget_));
    return trees_.back().root;
  }

  void read(draft& into) {
    const node* root = parse(0);
    if (root == nullptr || root->is_null()) {
      const position at = root == nullptr ? position{0, 1, 1} : root->at;
      if (root != nullptr || !report_.failed()) {
        report_.error(at, "the configuration is empty",
                      "the smallest one has `listen` and `routes`");
      }
      return;
    }
    if (!root->is_mapping()) {
      return report_.error(root->at, "the configuration is a mapping of keys and values",
                           "begin with `listen: 8080`");
    }
    was_read_ = true;
    const fields top(in_, *root, keys::top);
    read_process(in_, top, into);
    read_dns(in_, top, into.value.names);
    read_admin(in_, top, into);
    read_listeners(in_, top, into);
    std::deque<fields> files;
    if (const node* include = top.find("include")) read_included(*include, files);
    read_consumers(in_, top.find("consumers"), into);
    for (const fields& each : files) read_consumers(in_, each.find("consumers"), into);
    read_upstreams(in_, top.find("upstreams"), into);
    for (const fields& each : files) read_upstreams(in_, each.find("upstreams"), into);
    read_middlewares(in_, top.find("middlewares"), into);
    for (const fields& each : files) read_middlewares(in_, each.find("middlewares"), into);
    std::vector<const node*> more;
    for (const fields& each : files) {
      if (const node* routes = each.find("routes")) more.push_back(routes);
    }
    read_routes(in_, top, more, into);
    check_admin(in_, into);
  }

  void read_included(const node& include, std::deque<fields>& into) {
    const std::string main = sources_.front().name;
    for (const included_file& each : find_included(in_, include, main)) {
      if (each.path == main) {
        report_.error(each.at, "a file cannot include itself");
        continue;
      }
      file_text got = outside_.configuration(each.path, file_bytes_max);
      if (!got.problem.empty()) {
        report_.error(each.at, "`include`: cannot read " + shown(each.path) + ": " + got.problem);
        continue;
      }
      const std::size_t file = sources_.size();
      add_source(each.path, std::move(got.text));
      if (bytes_ > file_bytes_max) {
        report_.error(each.at, "the files of this configuration are larger than " +
                                   std::to_string(file_bytes_max >> 20) + " MiB together");
        sources_.back().text = {};
        return;
      }
      const node* root = parse(file);
      if (root == nullptr || root->is_null()) continue;  // nothing in it, or its error is told
      if (root->is_mapping()) {
        into.emplace_back(in_, *root, keys::included);
      } else {
        report_.error(root->at, "an included file is a mapping of keys and values",
                      "it may hold `consumers`, `upstreams`, `middlewares` and `routes`");
      }
    }
  }

  reporter report_;
  recording_environment outside_;
  reading in_;
  yaml_budget budget_;
  std::deque<source> sources_;  // not moved, since the trees' texts stand in them
  std::deque<yaml_tree> trees_;
  std::size_t bytes_ = 0;
  bool was_read_ = false;
};

}  // namespace

loaded load_text(std::string name, std::string text, const environment& outside) {
  return loading(std::move(name), std::move(text), outside).run();
}

loaded load_file(const std::string& path, const environment& outside) {
  file_text read = read_file(path, file_bytes_max);
  if (read.problem.empty()) return load_text(path, std::move(read.text), outside);
  loaded outcome;
  outcome.diagnostics.push_back(
      {severity::error, {}, "cannot read the configuration: " + read.problem, ""});
  outcome.sources.push_back({path, ""});
  return outcome;
}

}  // namespace ferroway::config
