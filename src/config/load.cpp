#include "config/load.hpp"

#include "config/limits.hpp"
#include "config/read_file.hpp"
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

// Every part is read even where an earlier one has errors, so that all are shown at once.
std::optional<config> read(const node& root, std::string folder, const environment& outside,
                           reporter& report) {
  reading in{report, outside, std::move(folder)};
  if (root.is_null()) {
    report.error(root.at, "the configuration is empty",
                 "the smallest one has `listen` and `routes`");
    return std::nullopt;
  }
  if (!root.is_mapping()) {
    report.error(root.at, "the configuration is a mapping of keys and values",
                 "begin with `listen: 8080`");
    return std::nullopt;
  }
  const fields top(in, root, keys::top);
  draft made;
  read_process(in, top, made);
  read_listeners(in, top, made);
  read_upstreams(in, top.find("upstreams"), made);
  read_middlewares(in, top.find("middlewares"), made);
  read_routes(in, top, made);
  validate(made, report);
  if (report.failed()) return std::nullopt;
  return finish(std::move(made));
}

}  // namespace

loaded load_text(std::string name, std::string text, const environment& outside) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  loaded outcome;
  reporter report;
  const yaml_tree tree = parse_yaml(text, report);
  if (tree.root != nullptr) {
    outcome.value = read(*tree.root, folder_of(name), outside, report);
  } else if (!report.failed()) {
    report.error({0, 1, 1}, "the configuration is empty",
                 "the smallest one has `listen` and `routes`");
  }
  outcome.diagnostics = report.take();
  if (text.size() > file_bytes_max) text.clear();
  outcome.sources.push_back({std::move(name), std::move(text)});
  return outcome;
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
