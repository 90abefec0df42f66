// Lines as messages to a syslog daemon, one datagram each: to a local socket in the form that
// syslog(3) sends (RFC 3164 without a host name), over UDP as RFC 5424 and 5426 say. Facility
// local0, severity informational. Owned by a log sink, used by its writer thread.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "telemetry/log_output.hpp"

namespace ferroway::telemetry {

// `at`: "unix:/dev/log", "udp:127.0.0.1:514". A local socket must be there; over UDP nobody can
// tell.
std::expected<std::unique_ptr<log_output>, std::string> open_syslog(const std::string& at);

}  // namespace ferroway::telemetry
