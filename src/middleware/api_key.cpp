#include "middleware/api_key.hpp"

#include <algorithm>

namespace ferroway {
namespace {

// RFC 9110, 11.6.1 wants a challenge with every 401. Keys in headers have no registered scheme.
std::string challenge_of(const config::api_key_middleware& from) {
  const bool bearer = from.place == config::token_place::authorization;
  const std::string scheme = bearer ? "Bearer" : "ApiKey";
  const std::string& realm = from.consumers.realm;
  return realm.empty() ? scheme : scheme + " realm=\"" + realm + "\"";
}

}  // namespace

struct alignas(64) api_key_guard::worker_part {
  credentials::digester by;
};

api_key_guard::api_key_guard(const config::api_key_middleware& from, std::uint32_t workers)
    : consumer_guard(from.consumers, challenge_of(from),
                     {"a key is required", "the key is not valid here",
                      "the key does not allow this", "a key", "no key, and none is needed"}),
      finder_(from.place, from.place_name),
      keys_(table_of(from)),
      parts_(std::make_unique<worker_part[]>(std::max(workers, 1U))) {
  if (finder_.in_query()) secrets_.push_back(finder_.name());
}

api_key_guard::~api_key_guard() = default;

credentials::key_table api_key_guard::table_of(const config::api_key_middleware& from) {
  std::vector<credentials::key_table::entry> entries;
  for (const auto* list : {&from.keys, &from.of_file}) {
    for (const credentials::listed_key& each : *list) {
      entries.push_back({each.sha256, add(each.consumer)});
    }
  }
  return credentials::key_table(std::move(entries));
}

task<result<response>> api_key_guard::handle(exchange& ex, next_handler next) {
  const presented_token shown = finder_.find(ex);
  if (finder_.in_query() && shown.is_there) finder_.remove(ex);
  if (!shown.is_there) return meet_nobody(ex, next, "no key");
  if (shown.flaw != nullptr) return refuse(ex, next, shown.flaw);
  if (shown.text.size() < credentials::key_bytes_min) {
    return refuse(ex, next, "the key is shorter than any key");
  }
  if (shown.text.size() > credentials::key_bytes_max) {
    return refuse(ex, next, "the key is longer than any key");
  }
  const auto digest = parts_[ex.worker.index].by.of(shown.text);
  const auto owner = digest ? keys_.find(*digest) : std::nullopt;
  if (!owner) return refuse(ex, next, "nobody has this key");
  if (strips() && !finder_.in_query()) finder_.remove(ex);
  return admit(ex, next, *owner);
}

}  // namespace ferroway
