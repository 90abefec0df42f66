#include "middleware/jwt.hpp"

#include <algorithm>

#include "exchange/problem.hpp"
#include "jwt/compact.hpp"
#include "jwt/verifier.hpp"
#include "middleware/jwt/keys_of.hpp"

namespace ferroway {
namespace {

// That wait on one worker for keys: more are answered at once.
constexpr std::size_t waiting_max = 1000;
constexpr duration waiting_time_max = std::chrono::seconds(2);
// The one that is under way may have begun before the provider had the key; the next one has not.
constexpr int fetches_awaited_max = 2;
constexpr duration look_again_after = std::chrono::milliseconds(10);

// A token without `exp` is looked at again after that.
constexpr duration remembered_max = std::chrono::minutes(5);

constexpr failure no_token{fault::unauthorized, side::client, false, "a token is required"};
constexpr failure invalid_token{fault::unauthorized, side::client, false,
                                "the token is not valid here"};
constexpr failure insufficient_token{fault::forbidden, side::client, false,
                                     "the token does not allow this"};

std::string challenge(const std::string& realm, std::string parameters) {
  std::string made = "Bearer";
  if (!realm.empty()) made += " realm=\"" + realm + "\"";
  if (parameters.empty()) return made;
  return made + (realm.empty() ? " " : ", ") + parameters;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& each : words) all += (all.empty() ? "" : " ") + each;
  return all;
}

// A text without variables.
std::optional<std::string> constant(const config::template_text& from) {
  std::string all;
  for (const config::template_piece& each : from) {
    if (each.is_variable) return std::nullopt;
    all += each.text;
  }
  return all;
}

}  // namespace

struct alignas(64) jwt_guard::worker_part {
  std::uint64_t version = 0;  // of the source's keys
  std::shared_ptr<const jwt::key_set> keys;
  std::optional<jwt::verifier> verifier;  // made with the first token: it takes 150 KiB
  std::optional<jwt::token_cache> cache;
  jwt::remembered_token last;  // where there is no cache
  std::size_t waiting = 0;
};

jwt_guard::jwt_guard(const config::jwt_middleware& from, std::uint32_t workers,
                     const jwt_guard* before)
    : deciding_middleware(from.shadow),
      finder_(from.place, from.place_name),
      strip_(from.strip || from.place == config::token_place::query),
      optional_(from.optional),
      cache_(from.cache),
      challenge_none_(challenge(from.realm, {})),
      challenge_invalid_(challenge(from.realm, "error=\"invalid_token\"")),
      keys_(keys_of(from)),
      parts_(std::make_unique<worker_part[]>(std::max(workers, 1U))) {
  std::string insufficient = "error=\"insufficient_scope\"";
  if (!from.scopes.empty()) insufficient += ", scope=\"" + joined(from.scopes) + "\"";
  challenge_insufficient_ = challenge(from.realm, std::move(insufficient));
  policy_.issuers = from.issuers;
  policy_.audiences = from.audiences;
  policy_.leeway = from.leeway;
  policy_.expiry_required = from.expiry_required;
  policy_.scopes = from.scopes;
  add_rules(from.claims);
  for (const auto& [name, claim] : from.to_headers) {
    headers_.push_back({name, http::identify(name), keep(claim)});
    identity_headers_.push_back(name);
  }
  if (!from.consumer.empty()) consumer_ = keep(from.consumer);
  for (const std::string& claim : from.named) keep(claim);
  if (finder_.in_query()) secrets_.push_back(finder_.name());
  if (!from.jwks) return;
  const jwt::algorithms allowed = allowed_in_sets(from);
  const bool same = before != nullptr && before->source_ && before->source_->from() == *from.jwks &&
                    before->source_->refresh() == from.refresh &&
                    before->source_->allowed() == allowed;
  source_ =
      same ? before->source_ : std::make_shared<key_source>(*from.jwks, from.refresh, allowed);
}

jwt_guard::~jwt_guard() = default;

void jwt_guard::add_rules(const std::vector<config::jwt_claim>& from) {
  using kind = config::jwt_claim::kind;
  for (const config::jwt_claim& each : from) {
    jwt::claim_rule fixed{
        each.path,
        each.is == kind::contains ? jwt::claim_rule::kind::contains : jwt::claim_rule::kind::one_of,
        {}};
    for (const config::template_text& value : each.values) {
      if (auto text = constant(value)) fixed.values.push_back(std::move(*text));
    }
    if (fixed.values.size() == each.values.size()) {
      policy_.rules.push_back(std::move(fixed));
      continue;
    }
    live_rule live{keep(each.path), each.is == kind::contains, {}};
    for (const config::template_text& value : each.values) live.values.emplace_back(value);
    live_rules_.push_back(std::move(live));
  }
}

// Where the claim will be among those that are kept.
std::size_t jwt_guard::keep(const std::string& claim) {
  const auto found = std::ranges::find(policy_.kept, claim);
  const auto index = static_cast<std::size_t>(found - policy_.kept.begin());
  if (found == policy_.kept.end()) policy_.kept.push_back(claim);
  return index;
}

jwt_guard::worker_part& jwt_guard::part_of(const exchange& ex) const {
  worker_part& mine = parts_[ex.worker.index];
  if (!mine.verifier) {
    mine.verifier.emplace();
    mine.cache.emplace(cache_);
    mine.keys = keys_;
  }
  return mine;
}

// What was believed because of other keys is forgotten with them.
void jwt_guard::follow_source(worker_part& mine) const {
  if (source_ == nullptr) return;
  const std::uint64_t version = source_->version();
  if (version == mine.version) return;
  mine.keys = source_->keys();
  mine.version = version;
  mine.cache->clear();
}

task<result<response>> jwt_guard::handle(exchange& ex, next_handler next) {
  const presented_token shown = finder_.find(ex);
  if (finder_.in_query() && shown.is_there) finder_.remove(ex);
  if (shown.flaw != nullptr) return refuse(ex, next, shown.flaw);
  if (!shown.is_there && optional_) {
    pass(ex, "no token, and none is needed");
    return next(ex);
  }
  if (!shown.is_there) {
    if (!reject(ex, "no token")) return next(ex);
    ex.note_failure({fault::unauthorized, side::client, false, "no token"});
    return answer(ex, no_token, challenge_none_);
  }
  worker_part& mine = part_of(ex);
  follow_source(mine);
  if (mine.keys == nullptr) return await_keys(ex, next, shown.text);
  const verdict made = judge(ex, mine, shown.text);
  if (key_may_come(ex, mine, made)) return await_keys(ex, next, shown.text);
  return settle(ex, next, made);
}

bool jwt_guard::key_may_come(const exchange& ex, const worker_part& mine, const verdict& of) const {
  if (of.why != jwt::problem::unknown_key || source_ == nullptr) return false;
  // In that order: a fetch that is over by the first answer has published by the second.
  return source_->ask(ex.worker.loop.now()) || source_->version() != mine.version;
}

const jwt::remembered_token* jwt_guard::verified(worker_part& mine, std::string_view token,
                                                 wall_time now,
                                                 std::optional<jwt::problem>& why) const {
  jwt::token_cache& cache = *mine.cache;
  jwt::token_cache::digest digest{};
  if (cache.is_on() && token.size() <= jwt::token_bytes_max) {
    digest = cache.digest_of(token);
    if (const auto* known = cache.find(digest, now)) return known;
  }
  auto said = mine.verifier->verify(token, *mine.keys, policy_);
  if (!said) {
    why = said.error();
    return nullptr;
  }
  jwt::remembered_token made{std::move(*said), {}};
  made.texts.reserve(made.said.kept.size());
  for (const jwt::claim_value& each : made.said.kept) {
    made.texts.push_back(jwt::header_text(each));
  }
  const wall_time until = std::min(made.said.expires.value_or(wall_time::max()),
                                   made.said.expires ? wall_time::max() : now + remembered_max);
  if (cache.is_on() && until > now) return &cache.keep(digest, std::move(made), until);
  mine.last = std::move(made);
  return &mine.last;
}

jwt_guard::verdict jwt_guard::judge(exchange& ex, worker_part& mine, std::string_view token) const {
  const wall_time now = ex.worker.loop.wall_now();
  verdict made;
  const jwt::remembered_token* known = verified(mine, token, now, made.why);
  if (known == nullptr) return made;
  made.why = jwt::problem_of_times(known->said, policy_.leeway, now);
  if (made.why) return made;
  made.said = known;
  if (known->said.insufficient) {
    made.why = known->said.insufficient;
    made.lacking = known->said.lacking;
    return made;
  }
  for (const live_rule& rule : live_rules_) {
    if (obeys(ex, rule, known->said.kept[rule.claim])) continue;
    made.why = jwt::problem::insufficient_claims;
    made.lacking = policy_.kept[rule.claim];
    break;
  }
  return made;
}

// What the request lacks, or says twice, is no claim's value.
bool jwt_guard::obeys(exchange& ex, const live_rule& rule, const jwt::claim_value& given) const {
  const auto fits = [&](const text_template& value) {
    const auto wanted = value.fill_identity(ex);
    return wanted && (rule.contains ? given.contains(*wanted) : given.equals(*wanted));
  };
  return rule.contains ? std::ranges::all_of(rule.values, fits)
                       : std::ranges::any_of(rule.values, fits);
}

// Copies, since the cache may forget the token while the exchange waits.
void jwt_guard::introduce(exchange& ex, const jwt::remembered_token& said) const {
  arena& memory = ex.memory;
  const std::size_t count = said.texts.size();
  if (count == 0) return;
  auto* claims = memory.allocate_array<known_claim>(count);
  for (std::size_t i = 0; i < count; ++i) {
    new (&claims[i]) known_claim{policy_.kept[i], memory.copy(said.texts[i])};
  }
  ex.who.claims = {claims, count};
  if (consumer_) ex.who.consumer = claims[*consumer_].text;
  for (const header& each : headers_) {
    const std::string_view text = claims[each.claim].text;
    if (!text.empty()) ex.request.fields.set(memory, each.name, text, each.id);
  }
}

task<result<response>> jwt_guard::settle(exchange& ex, next_handler next, const verdict& of) const {
  if (!of.why) {
    introduce(ex, *of.said);
    if (strip_) finder_.remove(ex);
    pass(ex, "a valid token");
    return next(ex);
  }
  if (!jwt::is_insufficient(*of.why)) return refuse(ex, next, jwt::to_string(*of.why));
  const char* const detail = jwt::to_string(*of.why);
  const std::string_view reason = ex.decisions == nullptr || of.lacking.empty()
                                      ? std::string_view(detail)
                                      : ex.memory.join(detail, ": ", of.lacking);
  if (!reject(ex, reason)) return next(ex);
  ex.note_failure({fault::forbidden, side::client, false, detail});
  return answer(ex, insufficient_token, challenge_insufficient_);
}

task<result<response>> jwt_guard::refuse(exchange& ex, next_handler next,
                                         const char* detail) const {
  if (!reject(ex, detail)) return next(ex);
  // The first one counts: logs say this, the answer does not.
  ex.note_failure({fault::unauthorized, side::client, false, detail});
  return answer(ex, invalid_token, challenge_invalid_);
}

task<result<response>> jwt_guard::answer(exchange& ex, failure why, std::string_view challenge) {
  result<response> reply = to_response(ex, why);
  reply->head->fields.set(ex.memory, "WWW-Authenticate", challenge);
  co_return reply;
}

// While a fetch is under way: new keys are published before they are used, but not always long
// before.
task<result<void>> jwt_guard::await_fetch(exchange& ex, worker_part& mine) const {
  // Nobody fetches anything in a rehearsal.
  if (ex.rehearsed_by != nullptr || mine.waiting >= waiting_max) co_return result<void>{};
  io::loop& loop = ex.worker.loop;
  const std::uint64_t before = source_->fetches();
  const time_point until = loop.now() + waiting_time_max;
  ++mine.waiting;
  result<void> slept;
  while (slept && source_->fetching() && source_->fetches() == before && loop.now() < until) {
    slept = co_await loop.sleep_for(look_again_after, ex.scope);
  }
  --mine.waiting;
  co_return slept;
}

task<result<response>> jwt_guard::await_keys(exchange& ex, next_handler next,
                                             std::string_view token) const {
  worker_part& mine = part_of(ex);
  for (int fetches = 0; fetches < fetches_awaited_max; ++fetches) {
    const result<void> waited = co_await await_fetch(ex, mine);
    if (!waited) co_return fail(waited.error());
    follow_source(mine);
    if (mine.keys == nullptr) break;
    const verdict made = judge(ex, mine, token);
    const bool is_last = fetches + 1 == fetches_awaited_max;
    if (is_last || !key_may_come(ex, mine, made)) co_return co_await settle(ex, next, made);
  }
  constexpr failure no_keys{fault::undecided, side::local, false,
                            "the key set has not been fetched yet"};
  if (!reject(ex, no_keys.detail)) co_return co_await next(ex);
  co_return fail(no_keys);
}

}  // namespace ferroway
