// Where the lines of an access log go, as the configuration says it. A plain value; two that are
// equal share one sink (telemetry/log_outputs.hpp).
#pragma once

#include <cstdint>
#include <string>

namespace ferroway::telemetry {

struct log_destination {
  enum class kind : std::uint8_t { standard_output, standard_error, file, syslog };
  kind is = kind::standard_output;
  std::string at = {};  // a file's absolute path; syslog: "unix:/dev/log", "udp:127.0.0.1:514"
  bool operator==(const log_destination&) const = default;
};

// "stdout", "stderr", "file:/var/log/access.log", "syslog:unix:/dev/log".
inline std::string to_string(const log_destination& from) {
  switch (from.is) {
    case log_destination::kind::standard_output:
      return "stdout";
    case log_destination::kind::standard_error:
      return "stderr";
    case log_destination::kind::file:
      return "file:" + from.at;
    case log_destination::kind::syslog:
      return "syslog:" + from.at;
  }
  return {};
}

}  // namespace ferroway::telemetry
