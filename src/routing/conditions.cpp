#include "routing/conditions.hpp"

#include <optional>

#include "base/text.hpp"
#include "http/query.hpp"

namespace ferroway::routing {
namespace {

using kind = config::condition::kind;

// Each takes a third of a megabyte or less.
constexpr std::size_t regex_conditions_max = 1000;

}  // namespace

const condition_subject::made_value* condition_subject::made(bool is_header,
                                                             std::string_view name) const noexcept {
  for (const made_value* each = last_; each != nullptr; each = each->before) {
    if (each->is_header != is_header) continue;
    if (is_header ? equals_ignoring_case(each->name, name) : each->name == name) return each;
  }
  return nullptr;
}

void condition_subject::keep(bool is_header, std::string_view name, std::string_view value) {
  last_ = memory_.make<made_value>(is_header, name, value, last_);
}

std::optional<std::string_view> condition_subject::header(http::field_id id,
                                                          std::string_view name) {
  if (fields_ == nullptr) return std::nullopt;
  if (const made_value* known = made(true, name)) return known->value;
  const std::optional<std::string_view> value = http::combined_value(*fields_, id, name, memory_);
  if (!value) return value;
  const http::field* first = id == http::field_id::other ? fields_->find(name) : fields_->find(id);
  if (value->data() != first->value().data()) keep(true, name, *value);
  return value;
}

std::optional<std::string_view> condition_subject::parameter(std::string_view name) {
  if (const made_value* known = made(false, name)) return known->value;
  const std::optional<std::string_view> value = http::query_parameter(query_, name, memory_);
  const bool copied =
      value && (value->data() < query_.data() || value->data() > query_.data() + query_.size());
  if (copied) keep(false, name, *value);
  return value;
}

std::expected<void, std::string> conditions::add(const config::condition& one) {
  const regular_expression* pattern = nullptr;
  if (one.is == kind::regex) {
    auto known = patterns_.find(one.value);
    if (known == patterns_.end()) {
      if (patterns_.size() == regex_conditions_max) {
        return std::unexpected("more than 1000 different regular expressions in conditions");
      }
      auto made = regular_expression::compile(one.value);
      if (!made) return std::unexpected(std::move(made.error()));
      known = patterns_.emplace(one.value, std::move(*made)).first;
    }
    pattern = &known->second;
  }
  all_.push_back({one.is, http::identify(one.name), one.name, one.value, pattern});
  return {};
}

std::expected<conditions::range, std::string> conditions::add(
    const std::vector<config::condition>& headers, const std::vector<config::condition>& query) {
  const range made{static_cast<std::uint32_t>(all_.size()),
                   static_cast<std::uint8_t>(headers.size()),
                   static_cast<std::uint8_t>(query.size())};
  for (const auto* list : {&headers, &query}) {
    for (const config::condition& one : *list) {
      if (auto added = add(one); !added) return std::unexpected(std::move(added.error()));
    }
  }
  return made;
}

bool conditions::holds(const compiled& one, std::optional<std::string_view> value) {
  switch (one.is) {
    case kind::equals:
      return value == one.value;
    case kind::regex:
      return value && one.pattern->matches(*value);
    case kind::present:
      return value.has_value();
    case kind::absent:
      return !value;
  }
  std::unreachable();
}

bool conditions::hold(const range& which, condition_subject& of) const {
  const compiled* at = all_.data() + which.first;
  for (std::size_t i = 0; i < which.headers; ++i, ++at) {
    if (!holds(*at, of.header(at->id, at->name))) return false;
  }
  for (std::size_t i = 0; i < which.query; ++i, ++at) {
    if (!holds(*at, of.parameter(at->name))) return false;
  }
  return true;
}

}  // namespace ferroway::routing
