#include "cli/echo/answer.hpp"

#include <fmt/format.h>

#include "cli/echo/websocket_accept.hpp"
#include "cli/json_text.hpp"

namespace ferroway::echo {
namespace {

// An array of pairs: order, case and repeats stay visible.
std::string pairs(const http::field_list* fields) {
  if (fields == nullptr) return "[]";
  std::string list;
  for (const http::field& item : *fields) {
    list += fmt::format("{}\n    [{}, {}]", list.empty() ? "" : ",", cli::json_text(item.name()),
                        cli::json_text(item.value()));
  }
  return list.empty() ? "[]" : fmt::format("[{}\n  ]", list);
}

}  // namespace

std::string describe(const request& received, const server& by, std::string_view client) {
  const http::request_head& head = received.head;
  return fmt::format(
      R"({{
  "name": {},
  "listen": {},
  "client": {},
  "method": {},
  "target": {},
  "version": "{}",
  "headers": {},
  "trailers": {},
  "body_bytes": {},
  "body_truncated": {},
  "body": {}
}}
)",
      cli::json_text(by.name()), cli::json_text(by.address().text()), cli::json_text(client),
      cli::json_text(head.method_text), cli::json_text(head.target),
      head.spoken == http::version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1", pairs(&head.fields),
      pairs(received.trailers), received.body_bytes, received.body_bytes > received.body.size(),
      cli::json_text(received.body));
}

std::string describe_error(const server& by, std::string_view what) {
  return fmt::format("{{\"name\": {}, \"error\": {}}}\n", cli::json_text(by.name()),
                     cli::json_text(what));
}

std::uint16_t status_of(const failure& why) {
  switch (why.kind) {
    case fault::head_too_large:
      return 431;
    case fault::target_too_long:
      return 414;
    case fault::unsupported:
      return 501;
    case fault::unsupported_version:
      return 505;
    default:
      return 400;
  }
}

std::string answer_head(std::uint16_t status, std::string_view type, std::uint64_t length,
                        bool keep_alive) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nServer: ferroway-echo\r\n", status,
                                 http::reason_phrase(status));
  if (status != 204 && status != 304) {
    head += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", type, length);
  }
  if (!keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

std::string websocket_head(std::string_view key) {
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n\r\n",
      websocket_accept(key));
}

}  // namespace ferroway::echo
