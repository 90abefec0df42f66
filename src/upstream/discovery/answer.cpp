#include "upstream/discovery/answer.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace ferroway::upstream {
namespace {

using bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t class_internet = 1;
constexpr std::uint16_t type_cname = 5;
constexpr std::size_t header_bytes = 12;
constexpr std::size_t v4_bytes = 4;
constexpr std::size_t v6_bytes = 16;
constexpr std::size_t name_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;
constexpr std::uint8_t pointer_bits = 0xC0;
// A name of 255 bytes has fewer labels; more pointers than that go round in circles.
constexpr int pointers_max = 127;

std::unexpected<failure> malformed() {
  return fail(fault::malformed, side::upstream, "the answer is malformed");
}

std::unexpected<failure> none() {
  return fail(fault::no_endpoint, side::upstream, "the answer has no address");
}

// Walks a message; once something was missing, all that follows is.
class reader {
 public:
  explicit reader(bytes message) : all_(message) {}

  bool fine() const noexcept { return fine_; }
  std::size_t at() const noexcept { return at_; }

  std::uint16_t number16() {
    if (!has(2)) return 0;
    const unsigned high = all_[at_];
    const unsigned low = all_[at_ + 1];
    at_ += 2;
    return static_cast<std::uint16_t>(high << 8U | low);
  }
  std::uint32_t number32() {
    const std::uint32_t high = number16();
    return high << 16U | number16();
  }
  bytes take(std::size_t count) {
    if (!has(count)) return {};
    at_ += count;
    return all_.subspan(at_ - count, count);
  }

  // A name, compressed or not, which may be longer than any that we ask for.
  std::string name() {
    std::string text;
    std::size_t from = at_;
    int pointers = 0;
    while (fine_) {
      if (from >= all_.size()) return missing();
      const std::uint8_t length = all_[from];
      if ((length & pointer_bits) == pointer_bits) {
        if (from + 1 >= all_.size() || ++pointers > pointers_max) return missing();
        if (pointers == 1) at_ = from + 2;
        from = static_cast<std::size_t>(length & ~pointer_bits) << 8U | all_[from + 1];
        continue;
      }
      if (length > label_bytes_max || from + 1 + length > all_.size()) return missing();
      if (length == 0) {
        if (pointers == 0) at_ = from + 1;
        return text;
      }
      if (!text.empty()) text += '.';
      for (const std::uint8_t byte : all_.subspan(from + 1, length)) {
        text += static_cast<char>(byte);
      }
      if (text.size() > name_bytes_max + 1) return missing();
      from += 1U + length;
    }
    return {};
  }

 private:
  bool has(std::size_t count) {
    fine_ = fine_ && count <= all_.size() - at_;
    return fine_;
  }
  std::string missing() {
    fine_ = false;
    return {};
  }

  bytes all_;
  std::size_t at_ = 0;
  bool fine_ = true;
};

struct record {
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  bytes value;           // within the message
  std::size_t value_at;  // where it begins there
};

// The records of the answer section, of the Internet's class; nothing where the message is broken.
std::optional<std::vector<record>> answers_of(bytes message) {
  reader in(message);
  (void)in.take(4);
  const std::uint16_t questions = in.number16();
  const std::uint16_t answers = in.number16();
  (void)in.take(header_bytes - in.at());
  for (std::uint16_t i = 0; i < questions && in.fine(); ++i) {
    (void)in.name();
    (void)in.take(4);
  }
  std::vector<record> all;
  for (std::uint16_t i = 0; i < answers && in.fine(); ++i) {
    (void)in.name();
    record each;
    each.type = in.number16();
    const std::uint16_t of_class = in.number16();
    each.ttl = in.number32();
    // RFC 2181, 8: one with its first bit set is none.
    if (each.ttl > INT32_MAX) each.ttl = 0;
    const std::uint16_t length = in.number16();
    each.value_at = in.at();
    each.value = in.take(length);
    if (of_class == class_internet) all.push_back(each);
  }
  if (!in.fine()) return std::nullopt;
  return all;
}

template <class Item>
void keep_each_once(std::vector<Item>& all, std::size_t most) {
  std::ranges::sort(all);
  const auto same = std::ranges::unique(all);
  all.erase(same.begin(), same.end());
  if (all.size() > most) all.resize(most);
}

// The names on the way to a record have TTLs too.
class least_ttl {
 public:
  void see(const record& each) { least_ = std::min(least_, each.ttl); }
  duration value() const { return std::chrono::seconds(least_); }

 private:
  std::uint32_t least_ = INT32_MAX;
};

io::ip_address address_of(bytes value) {
  io::ip_address made;
  if (value.size() == v4_bytes) made.bytes[10] = made.bytes[11] = 0xFF;
  std::ranges::copy(value, made.bytes.end() - static_cast<std::ptrdiff_t>(value.size()));
  return made;
}

std::optional<found_service> service_of(bytes message, const record& from) {
  reader in(message.first(from.value_at + from.value.size()));
  (void)in.take(from.value_at);
  found_service made;
  made.priority = in.number16();
  made.weight = in.number16();
  made.port = in.number16();
  made.target = lower_case(in.name());
  if (!in.fine()) return std::nullopt;
  return made;
}

bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= label_bytes_max && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
  });
}

}  // namespace

bool is_dns_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > name_bytes_max || text.back() == '.') return false;
  while (!text.empty()) {
    if (!is_label(split_off(text, '.'))) return false;
  }
  return true;
}

result<found_addresses> read_addresses(std::span<const std::uint8_t> message, record_type family) {
  const auto records = answers_of(message);
  if (!records) return malformed();
  const std::size_t size = family == record_type::a ? v4_bytes : v6_bytes;
  found_addresses found;
  least_ttl ttl;
  for (const record& each : *records) {
    const bool wanted = each.type == static_cast<std::uint16_t>(family);
    if (!wanted && each.type != type_cname) continue;
    ttl.see(each);
    if (!wanted) continue;
    if (each.value.size() != size) return malformed();
    found.all.push_back(address_of(each.value));
  }
  keep_each_once(found.all, addresses_per_name_max);
  if (found.all.empty()) return none();
  found.valid = ttl.value();
  return found;
}

// A target of "." says that there is no such service (RFC 2782); so, to us, does any other that
// cannot be asked for.
result<found_services> read_services(std::span<const std::uint8_t> message) {
  const auto records = answers_of(message);
  if (!records) return malformed();
  found_services found;
  least_ttl ttl;
  for (const record& each : *records) {
    const bool wanted = each.type == static_cast<std::uint16_t>(record_type::srv);
    if (!wanted && each.type != type_cname) continue;
    ttl.see(each);
    if (!wanted) continue;
    auto service = service_of(message, each);
    if (!service) return malformed();
    if (service->port != 0 && is_dns_name(service->target))
      found.all.push_back(*std::move(service));
  }
  keep_each_once(found.all, services_per_name_max);
  if (found.all.empty()) return none();
  found.valid = ttl.value();
  return found;
}

}  // namespace ferroway::upstream
