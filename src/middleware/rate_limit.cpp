#include "middleware/rate_limit.hpp"

#include <fmt/format.h>

#include <limits>

#include "exchange/problem.hpp"
#include "middleware/rate_limit/limit_cells.hpp"
#include "telemetry/json_text.hpp"

namespace ferroway {
namespace {

constexpr std::uint64_t seconds_up(duration from) {
  constexpr duration second = std::chrono::seconds(1);
  return static_cast<std::uint64_t>((from + second - duration(1)) / second);
}

std::string_view number_text(arena& memory, std::uint64_t number) {
  const fmt::format_int text(number);
  return memory.copy({text.data(), text.size()});
}

}  // namespace

rate_limit::rate_limit(const config::rate_limit_middleware& from, std::string name,
                       const rate_limit* before)
    : deciding_middleware(from.shadow),
      shown_name_(std::move(name)),
      left_prefix_("\"" + shown_name_ + "\";r="),
      cost_(from.cost),
      fields_(from.fields),
      clients_(from.clients),
      rule_(rule_of(from.rate, from.burst)) {
  const address_grouping grouping{from.v4_bits, from.v6_bits};
  if (before != nullptr && before->clients_ == clients_ &&
      before->key_->counts_by(from.key, grouping)) {
    key_ = before->key_;
    store_ = before->store_;
  } else {
    key_ = std::make_shared<const limit_key>(from.key, grouping);
    store_ = std::make_shared<limit_cells>(clients_);
  }
  for (const auto* rates : {&from.rates, &from.consumer_rates}) {
    for (const auto& [value, rate] : *rates) {
      rules_.emplace(value, rule_of(rate, rate.of_a_second()));
    }
  }
}

rate_limit::rule rate_limit::rule_of(const config::request_rate& rate, std::uint64_t burst) const {
  const limit_policy by = limit_policy::of(rate.count, rate.period, burst);
  const duration whole(static_cast<duration::rep>(burst * by.interval / ticks_per_nanosecond));
  return {by, fmt::format("\"{}\";q={};w={}", shown_name_, burst,
                          std::max<std::uint64_t>(1, seconds_up(whole)))};
}

const rate_limit::rule& rate_limit::rule_for(exchange& ex) const {
  if (rules_.empty()) return rule_;
  const auto found = rules_.find(key_->first_value(ex));
  return found == rules_.end() ? rule_ : found->second;
}

task<result<response>> rate_limit::handle(exchange& ex, next_handler next) {
  const rule& by = rule_for(ex);
  const limit_decision made = store_->take(key_->of(ex), by.by, cost_, ex.worker.loop.now());
  if (made.crowded) note_crowded(ex);
  if (!made.admitted) {
    if (reject(ex, why(ex, made))) return refuse(ex, by, made);
  } else {
    pass(ex, why(ex, made));
  }
  if (fields_) ex.at_answer(&rate_limit::edit, ex.memory.make<visit>(this, &by, made));
  return next(ex);
}

std::string_view rate_limit::why(exchange& ex, const limit_decision& made) {
  if (ex.decisions == nullptr) return {};
  const std::string text =
      made.admitted ? fmt::format("{} left, full in {:.3f} s", made.remaining,
                                  std::chrono::duration<double>(made.full_after).count())
                    : fmt::format("too many; again in {:.3f} s",
                                  std::chrono::duration<double>(made.retry_after).count());
  return ex.memory.copy(text);
}

std::string_view rate_limit::left(arena& memory, const limit_decision& made) const {
  constexpr std::string_view then = ";t=";
  constexpr std::size_t number_bytes = std::numeric_limits<std::uint64_t>::digits10 + 1;
  const std::size_t bytes_max = left_prefix_.size() + number_bytes + then.size() + number_bytes;
  telemetry::bounded_text text({memory.allocate_text(bytes_max), bytes_max});
  text.append(left_prefix_);
  text.append_number(made.remaining);
  text.append(then);
  text.append_number(seconds_up(made.full_after));
  return text.view();
}

void rate_limit::add_fields(exchange& ex, const rule& of, const limit_decision& made,
                            http::response_head& to) const {
  using http::field_id;
  to.fields.add(ex.memory, "RateLimit-Policy", of.described, field_id::other);
  to.fields.add(ex.memory, "RateLimit", left(ex.memory, made), field_id::other);
}

task<result<response>> rate_limit::refuse(exchange& ex, const rule& of, limit_decision made) const {
  result<response> reply =
      to_response(ex, {fault::too_many_requests, side::client, false, "too many requests"});
  http::field_list& fields = reply->head->fields;
  const std::uint64_t after = std::max<std::uint64_t>(1, seconds_up(made.retry_after));
  fields.set(ex.memory, "Retry-After", number_text(ex.memory, after));
  if (fields_) add_fields(ex, of, made, *reply->head);
  co_return reply;
}

void rate_limit::edit(exchange& ex, http::response_head& head, const void* with) {
  const visit& one = *static_cast<const visit*>(with);
  one.to->add_fields(ex, *one.of, one.made, head);
}

}  // namespace ferroway
