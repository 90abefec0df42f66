#include "middleware/cors.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "exchange/problem.hpp"
#include "exchange/route.hpp"
#include "http/characters.hpp"
#include "http/preflight.hpp"
#include "http/vary.hpp"

namespace ferroway {
namespace {

using http::field_id;

constexpr std::string_view prefix = "Access-Control-";

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

std::string in_seconds(const std::optional<duration>& time) {
  if (!time) return {};
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*time).count());
}

// What the answer to a preflight depends on. (RFC 9110, 12.5.5)
std::string vary_of_preflight(const config::cors_middleware& from) {
  std::vector<std::string> names;
  if (std::ranges::find(from.origins, "*") == from.origins.end()) names.emplace_back("Origin");
  if (from.methods.empty()) names.emplace_back("Access-Control-Request-Method");
  if (from.headers.empty()) names.emplace_back("Access-Control-Request-Headers");
  if (from.private_network) names.emplace_back("Access-Control-Request-Private-Network");
  return listed(names);
}

bool is_ours(const http::field& item) {
  return item.id() == field_id::other && item.name().size() > prefix.size() &&
         equals_ignoring_case(item.name().substr(0, prefix.size()), prefix);
}

// Only a list of names is worth an echo.
bool are_names(std::string_view list) {
  return std::ranges::all_of(
      list, [](char c) { return http::in(http::token_bytes, c) || c == ',' || c == ' '; });
}

// A page of the host that is asked itself. One that came by http is another than one by https.
bool is_same_origin(const exchange& ex, std::string_view origin) {
  const std::size_t end = origin.find("://");
  if (end == std::string_view::npos) return false;
  const std::string_view scheme = origin.substr(0, end);
  const bool secured = ex.request.fields.value(field_id::x_forwarded_proto) == "https";
  if (scheme != "https" && (scheme != "http" || secured)) return false;
  return !ex.request.authority.empty() &&
         equals_ignoring_case(origin.substr(end + 3), ex.request.authority);
}

}  // namespace

cors::cors(const config::cors_middleware& from)
    : deciding_middleware(from.shadow),
      origins_(from.origins),
      credentials_(from.credentials),
      private_network_(from.private_network),
      methods_(listed(from.methods)),
      headers_(listed(from.headers)),
      exposed_(listed(from.expose)),
      max_age_(in_seconds(from.max_age)),
      preflight_vary_(vary_of_preflight(from)) {}

task<result<response>> cors::handle(exchange& ex, next_handler next) {
  const http::field_list& fields = ex.request.fields;
  const bool one = fields.count(field_id::origin) == 1;
  const std::string_view origin = one ? fields.value(field_id::origin) : std::string_view{};
  const bool allowed = one && origins_.has(origin);
  const std::string_view granted = allowed ? origin : std::string_view{};
  // What no route takes is answered too, so that the page can read the 404; a 405 is none.
  const bool answers = !ex.refusal || ex.refusal->kind == fault::no_route;
  if (const auto announced = http::announced_method(ex.request); answers && !announced.empty()) {
    ex.record(
        name(), "answered",
        allowed ? "a preflight" : "a preflight, and nothing granted: the origin is not allowed");
    return answer_preflight(ex, announced, granted);
  }
  if (ex.request.wants_websocket && ex.matched->websocket && fields.has(field_id::origin)) {
    if (lets_upgrade(ex, origin)) return next(ex);
    return rejection({fault::forbidden, side::client, false,
                      "pages of this origin may not open a WebSocket here"});
  }
  pass(ex, !fields.has(field_id::origin) ? "no origin"
           : allowed                     ? "the origin is allowed"
                                         : "the origin is not allowed: no CORS headers");
  ex.at_answer(&cors::edit, ex.memory.make<visit>(this, granted));
  return next(ex);
}

bool cors::lets_upgrade(exchange& ex, std::string_view origin) const {
  if (!origin.empty() && origins_.has(origin)) {
    pass(ex, "the origin is allowed");
  } else if (is_same_origin(ex, origin)) {
    pass(ex, "the origin is the host itself");
  } else {
    return !reject(ex, "the origin is not allowed");
  }
  return true;
}

task<result<response>> cors::answer_preflight(exchange& ex, std::string_view announced,
                                              std::string_view origin) const {
  response reply;
  reply.head = ex.memory.make<http::response_head>();
  reply.head->status = 204;
  reply.body.length = 0;
  http::field_list& fields = reply.head->fields;
  if (!preflight_vary_.empty()) fields.add(ex.memory, "Vary", preflight_vary_, field_id::vary);
  if (!origin.empty()) {
    grant(ex, fields, origin);
    grant_request(ex, fields, announced);
  }
  co_return reply;
}

void cors::edit(exchange& ex, http::response_head& head, const void* with) {
  const visit& one = *static_cast<const visit*>(with);
  one.to->edit_fields(ex, head.fields, one.granted);
}

void cors::edit_fields(exchange& ex, http::field_list& fields, std::string_view origin) const {
  for (const http::field& item : fields) {
    if (is_ours(item)) fields.remove(item);
  }
  // Beside what the upstream says that its answer depends on.
  if (!origins_.any()) http::vary_by(fields, "Origin", ex.memory);
  // One that depends on no origin is the same for all, so that a cache may keep it for all.
  if (origins_.any() || !origin.empty()) {
    grant(ex, fields, origin);
    if (!exposed_.empty()) {
      fields.add(ex.memory, "Access-Control-Expose-Headers", exposed_, field_id::other);
    }
  }
}

void cors::grant(exchange& ex, http::field_list& fields, std::string_view origin) const {
  fields.add(ex.memory, "Access-Control-Allow-Origin", origins_.any() ? "*" : origin,
             field_id::other);
  if (credentials_) {
    fields.add(ex.memory, "Access-Control-Allow-Credentials", "true", field_id::other);
  }
}

void cors::grant_request(exchange& ex, http::field_list& fields, std::string_view announced) const {
  fields.add(ex.memory, "Access-Control-Allow-Methods",
             methods_.empty() ? announced : std::string_view(methods_), field_id::other);
  const http::field* asked = ex.request.fields.find("Access-Control-Request-Headers");
  if (!headers_.empty()) {
    fields.add(ex.memory, "Access-Control-Allow-Headers", headers_, field_id::other);
  } else if (asked != nullptr && are_names(asked->value())) {
    fields.add(ex.memory, "Access-Control-Allow-Headers", asked->value(), field_id::other);
  }
  const http::field* network = ex.request.fields.find("Access-Control-Request-Private-Network");
  if (private_network_ && network != nullptr && network->value() == "true") {
    fields.add(ex.memory, "Access-Control-Allow-Private-Network", "true", field_id::other);
  }
  if (!max_age_.empty()) {
    fields.add(ex.memory, "Access-Control-Max-Age", max_age_, field_id::other);
  }
}

}  // namespace ferroway
