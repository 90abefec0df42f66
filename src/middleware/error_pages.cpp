#include "middleware/error_pages.hpp"

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "exchange/problem.hpp"
#include "http/accept.hpp"
#include "http/vary.hpp"

namespace ferroway {
namespace {

using http::field_id;

// What describes a body beside its type (RFC 9110, 8; RFC 9530).
constexpr std::string_view of_bodies[] = {"Accept-Ranges",
                                          "Content-Digest",
                                          "Content-Disposition",
                                          "Content-Language",
                                          "Content-Location",
                                          "Content-Range",
                                          "Digest",
                                          "ETag",
                                          "Last-Modified",
                                          "Repr-Digest"};

std::string media_of(std::string_view type) {
  return lower_case(trim(type.substr(0, type.find(';'))));
}

bool is_error(std::uint16_t status) { return status >= 400 && status <= 599; }

}  // namespace

error_pages::error_pages(const config::error_pages_middleware& from) : of_all_(from.of_all) {
  // The wider ranges first, so that narrower ones replace them; of two as wide, the later one.
  std::vector<std::size_t> order(from.pages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto width = [&](std::size_t index) {
    return from.pages[index].last - from.pages[index].first;
  };
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return width(a) != width(b) ? width(a) > width(b) : a < b;
  });
  for (const std::size_t index : order) {
    const auto& entry = from.pages[index];
    choice pages;
    for (const config::error_page& each : entry.pages) {
      std::string media = media_of(each.type);
      const bool json = media.ends_with("/json") || media.ends_with("+json");
      pages.push_back(
          {each.file, each.type, std::move(media), page_template(each.text, each.escape), json});
    }
    choices_.push_back(std::move(pages));
    for (std::size_t status = entry.first; status <= entry.last; ++status) {
      of_status_[status - first_status] = static_cast<std::uint16_t>(choices_.size());
    }
  }
}

task<result<response>> error_pages::handle(exchange& ex, next_handler next) {
  result<response> reply = co_await next(ex);
  if (!reply && !answerable(reply.error())) co_return reply;
  const std::uint16_t status = reply ? reply->head->status : problem_of(reply.error()).status;
  const bool ours = !reply || reply->of_failure;
  if (!is_error(status) || (reply && reply->paged) || (!ours && !of_all_)) co_return reply;
  const page* chosen = find(ex, status);
  if (chosen == nullptr) {
    ex.record(name(), "left", "no page for this status that the client accepts");
    co_return reply;
  }
  if (!reply) reply = to_response(ex, reply.error());
  put(ex, *chosen, *reply);
  ex.record(name(), "replaced", chosen->file);
  co_return reply;
}

const error_pages::page* error_pages::find(const exchange& ex,
                                           std::uint16_t status) const noexcept {
  const std::size_t index = of_status_[status - first_status];
  if (index == 0) return nullptr;
  const std::string_view accept = ex.request.fields.value(field_id::accept);
  const bool json_only = http::asks_for_json_only(accept);
  const page* best = nullptr;
  unsigned most = 0;
  for (const page& each : choices_[index - 1]) {
    if (json_only && !each.json) continue;
    // Who takes JSON takes problems, too, whichever of both names stands there.
    const unsigned wanted = json_only ? 1 : http::wanted_of(accept, each.media);
    if (wanted <= most) continue;
    most = wanted;
    best = &each;
  }
  return best;
}

void error_pages::put(exchange& ex, const page& chosen, response& into) const {
  http::field_list& fields = into.head->fields;
  for (const std::string_view name : of_bodies) fields.remove(name);
  fields.remove(field_id::content_length);
  fields.remove(field_id::content_encoding);
  fields.set(ex.memory, "Content-Type", chosen.type, field_id::content_type);
  http::vary_by(fields, "Accept", ex.memory);
  // What the old one still has to say is not read: its connection ends with this exchange.
  into.body = {};
  into.body.text = chosen.text.fill(ex, into.head->status);
  into.body.length = into.body.text.size();
  into.of_failure = false;
  into.paged = true;
}

}  // namespace ferroway
