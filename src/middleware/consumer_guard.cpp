#include "middleware/consumer_guard.hpp"

#include <algorithm>

#include "exchange/problem.hpp"

namespace ferroway {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& each : words) all += (all.empty() ? "" : ",") + each;
  return all;
}

constexpr failure client_fault(fault kind, const char* detail) {
  return {kind, side::client, false, detail};
}

}  // namespace

consumer_guard::consumer_guard(const config::consumer_rules& from, std::string challenge,
                               const words& said)
    : deciding_middleware(from.shadow),
      said_(said),
      challenge_(std::move(challenge)),
      strip_(from.strip),
      optional_(from.optional),
      groups_(from.groups) {
  for (const auto& [name, fact] : from.to_headers) {
    headers_.push_back({name, http::identify(name), fact});
    headers_named_.push_back(name);
  }
  for (const config::consumer& each : from.known) groups_of_.emplace(each.name, each.groups);
}

std::uint32_t consumer_guard::add(const std::string& name) {
  const auto number = static_cast<std::uint32_t>(consumers_.size());
  const auto [known_as, fresh] = numbers_.emplace(name, number);
  if (!fresh) return known_as->second;
  const auto found = groups_of_.find(name);
  const std::vector<std::string> own =
      found == groups_of_.end() ? std::vector<std::string>{} : found->second;
  const bool may_pass =
      groups_.empty() || std::ranges::find_first_of(groups_, own) != groups_.end();
  consumers_.push_back({name, joined(own), may_pass});
  return number;
}

task<result<response>> consumer_guard::meet_nobody(exchange& ex, next_handler next,
                                                   const char* detail) const {
  if (optional_) {
    pass(ex, said_.anonymous);
    return next(ex);
  }
  return turn_away(ex, next, detail, client_fault(fault::unauthorized, said_.nothing));
}

task<result<response>> consumer_guard::refuse(exchange& ex, next_handler next, const char* detail,
                                              std::string_view shown) const {
  return turn_away(ex, next, detail, client_fault(fault::unauthorized, said_.invalid), shown);
}

// What it tells of the consumer lives as long as this middleware does, which the exchange's
// snapshot keeps.
task<result<response>> consumer_guard::admit(exchange& ex, next_handler next,
                                             std::uint32_t consumer) const {
  const known& who = consumers_[consumer];
  if (!who.may_pass) {
    constexpr const char* detail = "the consumer is in none of the groups";
    const std::string_view reason =
        ex.decisions == nullptr ? std::string_view(detail) : ex.memory.join(detail, ": ", who.name);
    if (!reject(ex, reason)) return next(ex);
    ex.who.consumer = who.name;  // the log may say who it was
    ex.note_failure(client_fault(fault::forbidden, detail));
    return answer(ex, client_fault(fault::forbidden, said_.insufficient), {});
  }
  ex.who.consumer = who.name;
  for (const header& each : headers_) {
    const std::string& text = each.says == config::consumer_fact::name ? who.name : who.groups;
    if (!text.empty()) ex.request.fields.set(ex.memory, each.name, text, each.id);
  }
  pass(ex, ex.decisions == nullptr ? std::string_view(said_.passed)
                                   : ex.memory.join(said_.passed, " of ", who.name));
  return next(ex);
}

task<result<response>> consumer_guard::turn_away(exchange& ex, next_handler next,
                                                 const char* detail, const failure& answered,
                                                 std::string_view shown) const {
  if (!reject(ex, shown.empty() ? std::string_view(detail) : shown)) return next(ex);
  // The first one counts: logs say this, the answer does not.
  ex.note_failure(client_fault(fault::unauthorized, detail));
  return answer(ex, answered, challenge_);
}

task<result<response>> consumer_guard::answer(exchange& ex, failure why,
                                              std::string_view challenge) const {
  result<response> reply = to_response(ex, why);
  if (!challenge.empty()) {
    reply->head->fields.set(ex.memory, "WWW-Authenticate", challenge);
    add_to_challenge(ex, *reply->head);
  }
  co_return reply;
}

}  // namespace ferroway
