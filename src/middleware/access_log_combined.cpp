// Apache's combined format: client - consumer [time] "request line" status bytes "referer" "user
// agent".
#include <array>

#include "middleware/access_log_line.hpp"
#include "telemetry/combined_text.hpp"
#include "telemetry/time_text.hpp"

namespace ferroway {
namespace {

// Of what comes out, so that a line always has room for all of its fields.
constexpr std::size_t method_bytes_max = 128;
constexpr std::size_t target_bytes_max = 2048;
constexpr std::size_t field_bytes_max = 768;
constexpr std::size_t consumer_bytes_max = 128;

std::string_view protocol_of(http::version spoken) {
  switch (spoken) {
    case http::version::http_1_0:
      return " HTTP/1.0";
    case http::version::http_1_1:
      return " HTTP/1.1";
    case http::version::http_2:
      return " HTTP/2.0";
    case http::version::http_3:
      return " HTTP/3.0";
  }
  return {};
}

std::string_view value_of(const http::field_list& fields, std::string_view name) {
  const http::field* found = fields.find(name);
  return found == nullptr ? std::string_view{} : found->value();
}

class combined_access_log_line final : public access_log_line {
 public:
  kept_fields keep(exchange& ex) const override {
    auto* kept = ex.memory.allocate_array<std::string_view>(2);
    kept[0] = value_of(ex.request.fields, "referer");
    kept[1] = value_of(ex.request.fields, "user-agent");
    return {kept, 2};
  }

  std::string_view write(exchange& ex, kept_fields kept,
                         std::span<char> room) const noexcept override {
    telemetry::bounded_text line(room);
    append_client(ex, line);
    std::array<char, telemetry::common_time_bytes> time;
    telemetry::write_common_time(ex.started_wall, time.data());
    line.append(" - ");
    append_consumer(ex.who.consumer, line);
    line.append(" [");
    line.append({time.data(), time.size()});
    line.append("] \"");
    append_request(ex.request, line);
    line.append("\" ");
    append_or_dash(ex.status, line);
    line.append(" ");
    append_or_dash(ex.bytes_sent, line);
    line.append(" \"");
    telemetry::append_combined(line, kept[0], field_bytes_max);
    line.append("\" \"");
    telemetry::append_combined(line, kept[1], field_bytes_max);
    line.append("\"");
    return line.view();
  }

 private:
  static void append_client(const exchange& ex, telemetry::bounded_text& line) {
    line.append(ex.client_text.empty() ? std::string_view("-") : ex.client_text);
  }
  // It stands between blanks, so what could pass for several fields becomes one.
  static void append_consumer(std::string_view name, telemetry::bounded_text& line) {
    if (name.empty()) name = "-";
    name = name.substr(0, consumer_bytes_max);
    for (const char c : name) {
      const bool plain = c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '[';
      line.append(plain ? std::string_view(&c, 1) : std::string_view("_"));
    }
  }
  // A dash where the head could not be read.
  static void append_request(const http::request_head& from, telemetry::bounded_text& line) {
    telemetry::append_combined(line, from.method_text, method_bytes_max);
    if (from.method_text.empty()) return;
    line.append(" ");
    telemetry::append_combined(line, from.target, target_bytes_max);
    line.append(protocol_of(from.spoken));
  }
  static void append_or_dash(std::uint64_t number, telemetry::bounded_text& line) {
    if (number == 0) {
      line.append("-");
    } else {
      line.append_number(number);
    }
  }
};

}  // namespace

std::unique_ptr<const access_log_line> make_combined_line() {
  return std::make_unique<combined_access_log_line>();
}

}  // namespace ferroway
