#include "config/include.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "base/text.hpp"

namespace ferroway::config {
namespace {

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// Linear in both for each `*`: only the last one is ever tried again.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0;
  std::size_t star = std::string_view::npos, after = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++after;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string joined(const std::string& folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(name);
}

class search {
 public:
  search(reading& in, const std::string& main) : in_(in), main_(main) {}

  std::vector<included_file> run(const node& from) {
    if (!is_filled_list(in_, from, "include", "patterns such as routes.d/*.yaml")) return {};
    for (const node* item : from.items) {
      if (is_pattern(*item)) find(*item);
    }
    return std::move(found_);
  }

 private:
  bool is_pattern(const node& item) {
    constexpr std::string_view what = "a file or a pattern such as routes.d/*.yaml";
    if (is_substituted(item)) {
      in_.report.error(item.at, "`include` is literal: nothing is substituted in it");
      return false;
    }
    const auto text = read_text(in_, item, "include", what);
    if (text && (text->find("**") != std::string::npos || text->ends_with('/'))) {
      expected(in_, item, "include", what,
               text->ends_with('/') ? "write `" + text->substr(0, 60) + "*.yaml`"
                                    : "`*` matches within one name");
      return false;
    }
    return text.has_value();
  }

  void find(const node& item) {
    std::string_view rest = item.text;
    const bool wild = has_wildcard(rest);
    std::vector<std::string> paths{in_.folder};
    if (rest.starts_with('/')) {
      paths = {"/"};
      rest.remove_prefix(1);
    }
    while (!rest.empty()) {
      const std::string_view segment = split_off(rest, '/');
      paths = has_wildcard(segment) ? expanded(paths, segment, item) : extended(paths, segment);
    }
    for (std::string& path : paths) {
      if (wild && path == main_) continue;
      if (!seen_.insert(path).second) continue;
      if (found_.size() == includes_max) {
        if (!full_) {
          in_.report.error(item.at, "more than " + std::to_string(includes_max) + " files");
        }
        full_ = true;
        return;
      }
      found_.push_back({std::move(path), item.at});
    }
  }

  static std::vector<std::string> extended(std::vector<std::string> paths,
                                           std::string_view segment) {
    for (std::string& path : paths) path = joined(path, segment);
    return paths;
  }

  std::vector<std::string> expanded(const std::vector<std::string>& folders,
                                    std::string_view segment, const node& item) {
    std::vector<std::string> all;
    for (const std::string& folder : folders) {
      const auto names = in_.outside.names_in(folder.empty() ? "." : folder);
      // What cannot be looked into could hold anything: going on without it would drop its routes.
      if (!names) {
        in_.report.error(item.at,
                         "`include`: cannot look into " + shown(folder) + ": " + names.error());
        continue;
      }
      if (!*names) {
        // Of folders that a wildcard found, some are files.
        if (folders.size() == 1) {
          in_.report.error(item.at, "`include`: there is no folder " + shown(folder),
                           "make it, or take the pattern away; it may be empty");
        }
        continue;
      }
      for (const std::string& name : **names) {
        if (!name.starts_with('.') && matches(segment, name)) all.push_back(joined(folder, name));
      }
    }
    std::ranges::sort(all);
    // One more than is allowed, so that it is told.
    if (all.size() > includes_max) all.resize(includes_max + 1);
    return all;
  }

  reading& in_;
  const std::string& main_;
  std::vector<included_file> found_;
  std::unordered_set<std::string> seen_;
  bool full_ = false;
};

}  // namespace

std::vector<included_file> find_included(reading& in, const node& from, const std::string& main) {
  return search(in, main).run(from);
}

}  // namespace ferroway::config
