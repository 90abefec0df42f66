#include "middleware/body_limit.hpp"

#include <new>

#include "http/bounded_body.hpp"

namespace ferroway {
namespace {

using http::framing;

bool length_is_told(const exchange& ex) noexcept {
  return ex.request_body.rest == nullptr || ex.request.body.is == framing::kind::length;
}

// Of the body, as far as it is known.
std::uint64_t bytes_known(const exchange& ex) noexcept {
  if (ex.request.body.is == framing::kind::length) return ex.request.body.length;
  return ex.request_body.ready.size();
}

}  // namespace

// A body on its way, in the exchange's memory.
struct body_limit::watched {
  const body_limit* by;
  http::bounded_body* body;

  // Before the access log is written: this middleware began after it.
  static void settle(exchange& ex, void* with) noexcept {
    const auto& mine = *static_cast<const watched*>(with);
    if (!mine.body->exceeded()) {
      mine.by->pass(ex, "the body was small enough");
    } else {
      (void)mine.by->reject(ex, "the body went on behind the limit");
    }
  }
};

task<result<response>> body_limit::handle(exchange& ex, next_handler next) {
  const std::uint64_t bytes = bytes_known(ex);
  const std::string_view why = ex.decisions == nullptr ? std::string_view{} : reason(ex, bytes);
  if (bytes > bytes_max_) {
    if (!reject(ex, why)) return next(ex);
    return rejection(
        {fault::body_too_large, side::client, false, "the body is larger than allowed"});
  }
  if (length_is_told(ex)) {
    pass(ex, why);
  } else {
    watch(ex);
  }
  return next(ex);
}

void body_limit::watch(exchange& ex) const {
  void* room = ex.memory.allocate(sizeof(http::bounded_body), alignof(http::bounded_body));
  auto* bounded = new (room) http::bounded_body(*ex.request_body.rest, bytes_max_,
                                                ex.request_body.ready.size(), !shadow());
  ex.request_body.rest = bounded;
  ex.at_end(watched::settle, ex.memory.make<watched>(this, bounded));
}

// For explain.
std::string_view body_limit::reason(exchange& ex, std::uint64_t bytes) const {
  if (ex.request.body.is == framing::kind::none) return "no body";
  if (ex.request.body.is != framing::kind::length && ex.rehearsed_by != nullptr) {
    return "the length is not told: it is refused once it is too long";
  }
  const std::string counted = std::to_string(bytes);
  return ex.memory.join(counted, " bytes of ", std::to_string(bytes_max_));
}

}  // namespace ferroway
