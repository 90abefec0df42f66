#include "middleware/hmac.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "exchange/problem.hpp"
#include "middleware/hmac/body_digest.hpp"

namespace ferroway {
namespace {

using http::field_id;
using http::framing;

constexpr std::string_view digest_name = "content-digest";
constexpr std::string_view algorithm = "hmac-sha256";

// Times come in whole seconds: what is left of the last one counts too.
constexpr duration second = std::chrono::seconds(1);

constexpr failure body_too_large{fault::body_too_large, side::client, false,
                                 "a signed body is larger than is held"};
constexpr failure no_memory{fault::overloaded, side::local, false,
                            "no memory is left to hold a body"};
constexpr failure nonces_full{fault::undecided, side::local, false,
                              "no more nonces can be remembered"};

std::string challenge_of(const std::string& realm) {
  return realm.empty() ? "Signature" : "Signature realm=\"" + realm + "\"";
}

// RFC 9421, 5.1.
std::string accepted(const std::vector<std::string>& components, bool with_digest, bool with_nonce,
                     const std::string& tag) {
  std::string made;
  for (const std::string& each : components) made += (made.empty() ? "\"" : " \"") + each + "\"";
  if (with_digest && std::ranges::find(components, digest_name) == components.end()) {
    made += (made.empty() ? "\"" : " \"") + std::string(digest_name) + "\"";
  }
  made = "sig1=(" + made + ");created;alg=\"" + std::string(algorithm) + "\"";
  if (with_nonce) made += ";nonce";
  return tag.empty() ? made : made + ";tag=\"" + tag + "\"";
}

bool has_body(const exchange& ex) noexcept {
  const framing& body = ex.request.body;
  return body.is != framing::kind::none && (body.is != framing::kind::length || body.length > 0);
}

std::string_view scheme_of(const exchange& ex) noexcept {
  return ex.request.fields.value(field_id::x_forwarded_proto) == "https" ? "https" : "http";
}

// Adds to a buffer of its own that grows as it has to. False where no memory is left, which is not
// asked for where nobody may be refused.
bool keep(buffer_pool& from, std::string_view bytes, bool whatever_is_left, buffer& into) {
  if (bytes.empty()) return true;
  if (bytes.size() > into.room().size()) {
    const std::size_t wanted = std::max(into.size() * 2, into.size() + bytes.size());
    buffer larger = whatever_is_left ? from.acquire(wanted) : from.try_acquire(wanted);
    if (!larger) return false;
    larger.append(into.view());
    into = std::move(larger);
  }
  return into.append(bytes) == bytes.size();
}

// Who waits to be told to send the body (RFC 9110, 10.1.1) is told here, since it is read here.
task<result<void>> ask_for_body(exchange& ex) {
  if (!ex.request.expects_continue || ex.stream == nullptr) co_return result<void>{};
  auto* head = ex.memory.make<http::response_head>();
  head->status = 100;
  const result<void> sent = co_await ex.stream->interim(ex, *head);
  ex.request.expects_continue = false;
  ex.request.fields.remove(field_id::expect);
  co_return sent;
}

}  // namespace

struct alignas(64) hmac_guard::worker_part {
  credentials::digester by;
  std::string base;  // its room is used again
};

hmac_guard::hmac_guard(const config::hmac_middleware& from, std::uint32_t workers,
                       const hmac_guard* before)
    : consumer_guard(
          from.consumers, challenge_of(from.consumers.realm),
          {"a signature is required", "the signature is not valid here",
           "the key does not allow this", "a signature", "no signature, and none is needed"}),
      components_(from.components),
      digest_required_(from.content_digest),
      body_bytes_max_(from.body_bytes),
      max_age_(from.max_age),
      leeway_(from.leeway),
      tag_(from.tag),
      accepted_(accepted(from.components, false, from.nonces > 0, from.tag)),
      accepted_with_body_(accepted(from.components, digest_required_, from.nonces > 0, from.tag)),
      parts_(std::make_unique<worker_part[]>(std::max(workers, 1U))) {
  const auto take = [this](const credentials::listed_mac_key& each) {
    keys_.emplace(each.id, known_key{credentials::mac_key(each.secret), add(each.consumer)});
  };
  for (const config::hmac_key& each : from.keys) take(each.key);
  for (const credentials::listed_mac_key& each : from.of_file) take(each);
  if (from.nonces == 0) return;
  const duration lifetime = max_age_ + leeway_ * 2 + second;
  const bool same = before != nullptr && before->nonces_ != nullptr &&
                    before->nonces_->capacity() == from.nonces &&
                    before->nonces_->lifetime() == lifetime;
  nonces_ =
      same ? before->nonces_ : std::make_shared<credentials::seen_nonces>(from.nonces, lifetime);
}

hmac_guard::~hmac_guard() = default;

void hmac_guard::add_to_challenge(exchange& ex, http::response_head& head) const {
  head.fields.set(ex.memory, "Accept-Signature", has_body(ex) ? accepted_with_body_ : accepted_);
}

task<result<response>> hmac_guard::handle(exchange& ex, next_handler next) {
  const http::field_list& fields = ex.request.fields;
  const auto input = combined_value(fields, field_id::other, "Signature-Input", ex.memory);
  const auto shown = combined_value(fields, field_id::other, "Signature", ex.memory);
  if (!input && !shown) return meet_nobody(ex, next, "no signature");
  if (!input) return refuse(ex, next, "a Signature without Signature-Input");
  if (!shown) return refuse(ex, next, "a Signature-Input without Signature");
  const verdict made = judge(ex, *input, *shown);
  if (made.crowded) return refuse_body(ex, next, nonces_full);
  if (made.why != nullptr) return refuse(ex, next, made.why, made.shown);
  return made.digest ? check_body(ex, next, made.key->consumer)
                     : let_pass(ex, next, made.key->consumer);
}

hmac_guard::verdict hmac_guard::judge(exchange& ex, std::string_view input,
                                      std::string_view signatures) const {
  verdict made;
  const http::message_signatures all = http::read_signatures(input, signatures, ex.memory);
  made.why = all.flaw;
  if (made.why != nullptr) return made;
  const http::message_signature* const shown = choose(all, made.key, made.why);
  if (shown == nullptr) return made;
  if (const std::string_view name = lacking(ex, *shown); !name.empty()) {
    made.why = "the signature does not cover what it has to";
    if (ex.decisions != nullptr) made.shown = ex.memory.join(made.why, ": ", name);
    return made;
  }
  made.why = flaw_of_times(*shown, ex.worker.loop.wall_now());
  if (made.why == nullptr) verify(ex, *shown, made);
  made.digest = shown->covers(digest_name);
  return made;
}

// Others' signatures may stand there too: those of keys that are not known here are not looked at.
const http::message_signature* hmac_guard::choose(const http::message_signatures& among,
                                                  const known_key*& key, const char*& why) const {
  const http::message_signature* chosen = nullptr;
  why = "a signature without `keyid`";
  for (std::size_t i = 0; i < among.count; ++i) {
    const http::message_signature& each = among.each[i];
    if (!tag_.empty() && each.tag != std::string_view(tag_)) {
      if (chosen == nullptr) why = "no signature has the tag";
      continue;
    }
    if (!each.key_id) continue;
    const auto found = keys_.find(*each.key_id);
    if (found == keys_.end()) {
      if (chosen == nullptr) why = "nobody has a key of this id";
      continue;
    }
    if (chosen != nullptr) {
      why = "several signatures by keys of this gateway";
      return nullptr;
    }
    chosen = &each;
    key = &found->second;
  }
  if (chosen == nullptr) return nullptr;
  why = nullptr;
  if (chosen->algorithm && *chosen->algorithm != algorithm) why = "`alg` is not the key's";
  if (!chosen->created) why = "a signature without `created`";
  if (nonces_ != nullptr && !chosen->nonce) why = "a signature without `nonce`";
  if (chosen->flaw != nullptr) why = chosen->flaw;
  return why == nullptr ? chosen : nullptr;
}

// The whole URI covers its parts.
std::string_view hmac_guard::lacking(const exchange& ex,
                                     const http::message_signature& shown) const {
  const bool whole = shown.covers("@target-uri");
  for (const std::string& each : components_) {
    const bool part = each == "@authority" || each == "@path" || each == "@query";
    if (!shown.covers(each) && !(whole && part)) return each;
  }
  if (digest_required_ && has_body(ex) && !shown.covers(digest_name)) return digest_name;
  return {};
}

const char* hmac_guard::flaw_of_times(const http::message_signature& shown, wall_time now) const {
  const auto at = [](std::int64_t seconds) { return wall_time(std::chrono::seconds(seconds)); };
  // What a clock of 64 bits in nanoseconds cannot tell is in no year that matters.
  constexpr std::int64_t seconds_max = 9'000'000'000;
  if (*shown.created > seconds_max) return "`created` lies in the future";
  const wall_time created = at(*shown.created);
  if (created > now + leeway_) return "`created` lies in the future";
  if (created + second + max_age_ + leeway_ <= now) return "the signature is too old";
  if (!shown.expires || *shown.expires > seconds_max) return nullptr;
  if (*shown.expires < *shown.created) return "it had expired when it was created";
  return at(*shown.expires) + leeway_ < now ? "the signature has expired" : nullptr;
}

void hmac_guard::verify(exchange& ex, const http::message_signature& shown, verdict& into) const {
  worker_part& mine = parts_[ex.worker.index];
  into.why = http::make_signature_base(ex.request, scheme_of(ex), shown, mine.base);
  if (into.why != nullptr) return;
  std::array<char, base64_room(44)> room{};
  const auto bytes = shown.signature.size() == 44 ? decode_base64(shown.signature, room.data())
                                                  : std::optional<std::string_view>();
  credentials::digest mac{};
  if (!bytes || bytes->size() != mac.size()) {
    into.why = "the signature has not 32 bytes";
    return;
  }
  std::ranges::copy(*bytes, mac.begin());
  if (!into.key->key.verifies(mine.by, mine.base, mac)) {
    into.why = "the signature is wrong";
    if (ex.decisions == nullptr) return;
    std::string base = mine.base;
    for (std::size_t at = 0; (at = base.find('\n', at)) != std::string::npos; at += 2) {
      base.replace(at, 1, "\\n");
    }
    into.shown = ex.memory.join(into.why, "; it has to sign: ", base);
    return;
  }
  if (nonces_ == nullptr) return;
  using outcome = credentials::seen_nonces::outcome;
  const outcome is = nonces_->use(*shown.key_id, *shown.nonce, ex.worker.loop.now());
  if (is == outcome::seen) into.why = "the nonce was used before";
  into.crowded = is == outcome::full;
}

task<result<response>> hmac_guard::check_body(exchange& ex, next_handler next,
                                              std::uint32_t consumer) const {
  const auto value =
      combined_value(ex.request.fields, field_id::other, "Content-Digest", ex.memory);
  const http::content_digest wanted = http::read_content_digest(value.value_or(""));
  if (wanted.flaw != nullptr) return refuse(ex, next, wanted.flaw);
  const http::body& body = ex.request_body;
  if (body.rest != nullptr) return read_body(ex, next, consumer, wanted);
  // In a rehearsal nobody has said what the body is.
  if (ex.rehearsed_by != nullptr && has_body(ex) && body.ready.empty()) {
    ex.record(name(), "not checked", "the body, which is compared with its digest");
    return let_pass(ex, next, consumer);
  }
  body_digest made(wanted);
  made.add(body.ready.view());
  if (!made.fits()) return refuse(ex, next, "the body is not what its digest says");
  return let_pass(ex, next, consumer);
}

// To its end, into one buffer. Nothing of it is sent on before its digest is right.
task<result<response>> hmac_guard::read_body(exchange& ex, next_handler next,
                                             std::uint32_t consumer,
                                             http::content_digest wanted) const {
  const framing of = ex.request.body;
  const bool told = of.is == framing::kind::length;
  if (told && of.length > body_bytes_max_) co_return co_await refuse_body(ex, next, body_too_large);
  http::body& body = ex.request_body;
  buffer_pool& pool = ex.worker.loop.buffers();
  // It grows with what comes, not with what was announced.
  buffer whole = pool.try_acquire(buffer_pool::small_bytes);
  if (!whole) co_return co_await refuse_body(ex, next, no_memory);
  if (const result<void> asked = co_await ask_for_body(ex); !asked) co_return fail(asked.error());
  body_digest made(wanted);
  buffer piece = std::move(body.ready);
  while (true) {
    made.add(piece.view());
    if (!keep(pool, piece.view(), shadow(), whole)) {
      co_return co_await refuse_body(ex, next, no_memory);
    }
    if (whole.size() > body_bytes_max_) {
      body.ready = std::move(whole);  // in shadow mode all of it goes on
      co_return co_await refuse_body(ex, next, body_too_large);
    }
    result<buffer> more = co_await body.rest->read(ex.scope);
    if (!more) co_return fail(more.error());
    if (more->empty()) break;
    piece = std::move(*more);
  }
  // Trailers, which nobody has signed, end here.
  body.rest = nullptr;
  body.length = whole.size();
  body.ready = std::move(whole);
  if (!made.fits()) co_return co_await refuse(ex, next, "the body is not what its digest says");
  co_return co_await let_pass(ex, next, consumer);
}

task<result<response>> hmac_guard::refuse_body(exchange& ex, next_handler next,
                                               const failure& why) const {
  if (!reject(ex, why.detail)) return next(ex);
  return rejection(why);
}

task<result<response>> hmac_guard::let_pass(exchange& ex, next_handler next,
                                            std::uint32_t consumer) const {
  if (strips()) {
    ex.request.fields.remove("Signature");
    ex.request.fields.remove("Signature-Input");
  }
  return admit(ex, next, consumer);
}

}  // namespace ferroway
