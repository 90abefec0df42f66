// Collects what is wrong with a configuration while it is read, so that everything is shown at
// once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/position.hpp"

namespace ferroway::config {

class reporter {
 public:
  void error(position at, std::string message, std::string hint = {});
  void warning(position at, std::string message, std::string hint = {});

  // The files that positions count, in their order.
  void add_file(std::string name) { files_.push_back(std::move(name)); }
  // Where `other` is, for a message at `here`: "in line 3", "in routes.d/a.yaml:3".
  std::string place(position other, position here) const;

  bool failed() const noexcept { return errors_ > 0; }
  // So many errors that more are not kept (limits.hpp): do not search for hints any more.
  bool full() const noexcept;
  // In file order.
  std::vector<diagnostic> take();

 private:
  void note(severity level, position at, std::string message, std::string hint);

  std::vector<diagnostic> found_;
  std::vector<std::string> files_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

// A text from the file for a message: in backquotes, shortened, control bytes replaced.
std::string shown(std::string_view text);

// "did you mean `listen`?", or nothing where no name is near.
std::string did_you_mean(std::string_view wanted, const std::vector<std::string_view>& names);

}  // namespace ferroway::config
