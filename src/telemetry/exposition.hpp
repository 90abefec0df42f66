// The Prometheus text format, version 0.0.4: families of samples, each with HELP and TYPE. Pure
// text; whoever writes a family must write all of its samples at once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace ferroway::telemetry {

inline constexpr std::string_view exposition_type = "text/plain; version=0.0.4; charset=utf-8";

class exposition {
 public:
  using label = std::pair<std::string_view, std::string_view>;
  using labels = std::initializer_list<label>;

  // `type`: counter, gauge or histogram. Names and help are ours.
  void family(std::string_view name, std::string_view type, std::string_view help);
  // Of the family that was begun last; `suffix` is for histograms: _bucket, _sum, _count. Values of
  // labels may be anything: they are escaped.
  void sample(labels with, std::uint64_t value, std::string_view suffix = {});
  // A number of seconds.
  void sample_seconds(labels with, std::uint64_t nanoseconds, std::string_view suffix = {});

  std::string take() { return std::move(text_); }

 private:
  void begin_sample(labels with, std::string_view suffix);

  std::string name_;
  std::string text_;
};

// "0.0025", "10": without trailing zeros.
std::string seconds_text(std::uint64_t nanoseconds);

}  // namespace ferroway::telemetry
