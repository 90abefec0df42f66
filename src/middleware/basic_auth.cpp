#include "middleware/basic_auth.hpp"

#include <algorithm>

#include "io/blocking_operation.hpp"

namespace ferroway {
namespace {

// Logins that each worker, and all together, remember.
constexpr std::size_t remembered_max = 4096;

}  // namespace

struct alignas(64) basic_auth_guard::worker_part {
  credentials::digester by;
  credentials::password_cache known{remembered_max};
};

basic_auth_guard::basic_auth_guard(const config::basic_auth_middleware& from, std::uint32_t workers)
    : consumer_guard(
          from.consumers, "Basic realm=\"" + from.consumers.realm + "\", charset=\"UTF-8\"",
          {"a user's name and password are required", "the login is not valid here",
           "the login does not allow this", "the login", "no login, and none is needed"}),
      remember_(from.remember),
      client_({"client.ip"}, {}),
      known_(std::make_shared<known_logins>(remembered_max)),
      parts_(std::make_unique<worker_part[]>(std::max(workers, 1U))) {
  for (const credentials::listed_user& each : from.users) {
    by_name_.emplace(each.name, users_.size());
    users_.push_back({each.hash, add(each.name)});
  }
}

basic_auth_guard::~basic_auth_guard() = default;

task<result<response>> basic_auth_guard::handle(exchange& ex, next_handler next) {
  const http::field_list& fields = ex.request.fields;
  const http::field* field = fields.find(http::field_id::authorization);
  if (field == nullptr) return meet_nobody(ex, next, "no login");
  if (fields.count(http::field_id::authorization) > 1) {
    return refuse(ex, next, "several Authorization fields");
  }
  credentials::basic_room room;
  const credentials::basic_login shown = credentials::read_basic(field->value(), room);
  if (!shown.is_there) return meet_nobody(ex, next, "no login");
  if (shown.flaw != nullptr) return refuse(ex, next, shown.flaw);
  worker_part& mine = parts_[ex.worker.index];
  const auto login = credentials::digest_of_login(mine.by, shown.user, shown.password);
  if (!login) return refuse(ex, next, "no digest can be made of the login");
  const time_point now = ex.worker.loop.now();
  if (const auto known = mine.known.find(*login, now)) return let_pass(ex, next, known->user);
  if (const auto known = known_->find(*login, now)) {
    mine.known.keep(*login, known->user, known->until);
    return let_pass(ex, next, known->user);
  }
  auto what = check_of(shown.user, shown.password);
  what->login = *login;
  what->now = now;
  return check(ex, next, std::move(what));
}

// Of an unknown name the hash of another user is made, always the same one for the same name: where
// hashes differ in their costs, asking twice tells no more than asking once.
std::shared_ptr<password_check> basic_auth_guard::check_of(std::string_view name,
                                                           std::string_view password) const {
  const auto found = by_name_.find(name);
  auto made = std::make_shared<password_check>();
  made->is_known = found != by_name_.end();
  const user& of = users_[made->is_known ? found->second : strangers_.of(name) % users_.size()];
  made->hash = of.hash;
  made->password = password;
  made->consumer = of.consumer;
  made->remember = remember_;
  made->known = known_;
  return made;
}

task<result<response>> basic_auth_guard::check(exchange& ex, next_handler next,
                                               std::shared_ptr<password_check> what) {
  io::loop& loop = ex.worker.loop;
  const result<void> done =
      co_await io::blocking_operation(loop, client_.of(ex), [what] { what->run(); }, ex.scope);
  if (!done) {
    // In shadow mode it would have been let pass or not: that is not known, so it passes.
    if (done.error().kind != fault::overloaded) co_return fail(done.error());
    if (!reject(ex, done.error().detail)) co_return co_await next(ex);
    co_return fail(done.error());
  }
  if (!what->right) {
    co_return co_await refuse(ex, next, what->is_known ? "the password is wrong" : "no such user");
  }
  if (remember_ > duration::zero()) {
    parts_[ex.worker.index].known.keep(what->login, what->consumer, what->now + remember_);
  }
  co_return co_await let_pass(ex, next, what->consumer);
}

task<result<response>> basic_auth_guard::let_pass(exchange& ex, next_handler next,
                                                  std::uint32_t consumer) const {
  if (strips()) ex.request.fields.remove(http::field_id::authorization);
  return admit(ex, next, consumer);
}

}  // namespace ferroway
