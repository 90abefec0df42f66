#include "http/message_signature.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>

#include "base/text.hpp"
#include "http/structured_fields.hpp"

namespace ferroway::http {
namespace {

constexpr std::array<std::string_view, 5> derived{"@method", "@target-uri", "@authority", "@path",
                                                  "@query"};
constexpr std::size_t text_bytes_max = 256;  // of a parameter

// Pieces of a signature's parameters, written again as RFC 8941, 4.1 has them.
class canonical_text {
 public:
  canonical_text(arena& memory, std::size_t bytes_max)
      : begin_(memory.allocate_text(bytes_max)), end_(begin_) {}
  template <class... Pieces>
  void add(const Pieces&... pieces) {
    ((end_ = std::ranges::copy(std::string_view(pieces), end_).out), ...);
  }
  std::string_view text() const { return {begin_, static_cast<std::size_t>(end_ - begin_)}; }

 private:
  char* begin_;
  char* end_;
};

class input_reader {
 public:
  input_reader(std::string_view text, arena& memory)
      // Each piece is as long as it was, or shorter: but for a space between two components that
      // has to stand there anyway.
      : text_bytes_(text.size()), reader_(text), memory_(memory) {}

  // Null, or what is wrong.
  const char* read(message_signatures& into) {
    bool well_formed = false;
    do {
      if (into.count == signatures_max) return "too many signatures";
      message_signature& made = into.each[into.count];
      if (const char* flaw = read_member(made)) return flaw;
      for (std::size_t i = 0; i < into.count; ++i) {
        if (into.each[i].label == made.label) return "a label stands in Signature-Input twice";
      }
      ++into.count;
    } while (reader_.next_member(well_formed));
    return well_formed ? nullptr : "Signature-Input is malformed";
  }

 private:
  const char* read_member(message_signature& made) {
    const auto label = reader_.key();
    if (!label || !reader_.take('=') || !reader_.take('(')) return "Signature-Input is malformed";
    made.label = *label;
    canonical_text text(memory_, text_bytes_);
    if (const char* flaw = read_components(made, text)) return flaw;
    if (const char* flaw = read_parameters(made, text)) return flaw;
    made.parameters = text.text();
    return nullptr;
  }

  const char* read_components(message_signature& made, canonical_text& text) {
    auto* const names = memory_.allocate_array<std::string_view>(signed_components_max);
    std::size_t count = 0;
    text.add("(");
    reader_.skip_spaces();
    while (!reader_.take(')')) {
      const auto name = reader_.string();
      if (!name) return "Signature-Input is malformed";
      if (!is_derived_component(*name) && !is_field_component(*name)) {
        note(made, "a component that is not taken");
      }
      if (reader_.at(';')) {
        note(made, "a component with parameters, which are not taken");
        if (!skip_parameters()) return "Signature-Input is malformed";
      }
      const std::span<const std::string_view> before(names, count);
      if (std::ranges::find(before, *name) != before.end()) {
        note(made, "a component is signed twice");
      }
      if (count == signed_components_max) return "too many components";
      std::construct_at(names + count++, *name);
      text.add(count == 1 ? "\"" : " \"", *name, "\"");
      const bool spaced = reader_.at(' ');
      reader_.skip_spaces();
      if (!spaced && !reader_.at(')')) return "Signature-Input is malformed";
    }
    text.add(")");
    made.components = {names, count};
    return nullptr;
  }

  const char* read_parameters(message_signature& made, canonical_text& text) {
    while (reader_.take(';')) {
      reader_.skip_spaces();
      const auto key = reader_.key();
      if (!key) return "a parameter is malformed";
      if (!is_taken(*key)) {
        note(made, "a parameter that is not taken");
        if (reader_.take('=') && !reader_.skip_value()) return "a parameter is malformed";
        continue;
      }
      if (!reader_.take('=')) return "a parameter is malformed";
      text.add(";", *key, "=");
      const char* flaw = nullptr;
      if (*key == "created") {
        flaw = take_time(made.created, text);
      } else if (*key == "expires") {
        flaw = take_time(made.expires, text);
      } else {
        flaw = take_text(*text_of(made, *key), text);
      }
      if (flaw != nullptr) return flaw;
    }
    return nullptr;
  }

  // Nobody has to understand a signature that is for somebody else.
  static void note(message_signature& of, const char* flaw) {
    if (of.flaw == nullptr) of.flaw = flaw;
  }

  bool skip_parameters() {
    while (reader_.take(';')) {
      reader_.skip_spaces();
      if (!reader_.key() || (reader_.take('=') && !reader_.skip_value())) return false;
    }
    return true;
  }

  static bool is_taken(std::string_view key) {
    constexpr std::array<std::string_view, 6> taken{"created", "expires", "keyid",
                                                    "nonce",   "alg",     "tag"};
    return std::ranges::find(taken, key) != taken.end();
  }

  // Of one that is taken, and no time.
  static std::optional<std::string_view>* text_of(message_signature& of, std::string_view key) {
    if (key == "keyid") return &of.key_id;
    if (key == "nonce") return &of.nonce;
    if (key == "alg") return &of.algorithm;
    return key == "tag" ? &of.tag : nullptr;
  }

  const char* take_time(std::optional<std::int64_t>& into, canonical_text& text) {
    if (into) return "a parameter stands there twice";
    into = reader_.natural();
    if (!into) return "a time is no number of seconds";
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, *into).ptr;
    text.add(std::string_view(digits, end));
    return nullptr;
  }

  const char* take_text(std::optional<std::string_view>& into, canonical_text& text) {
    if (into) return "a parameter stands there twice";
    into = reader_.string();
    if (!into) return "a parameter is no text";
    if (into->size() > text_bytes_max) return "a parameter is too long";
    text.add("\"", *into, "\"");
    return nullptr;
  }

  std::size_t text_bytes_;
  structured_reader reader_;
  arena& memory_;
};

// Null, or what is wrong.
const char* read_values(std::string_view text, message_signatures& into) {
  structured_reader reader(text);
  std::size_t count = 0;
  bool well_formed = false;
  do {
    const auto label = reader.key();
    const auto value =
        label && reader.take('=') ? reader.bytes() : std::optional<std::string_view>();
    if (!value) return "Signature is malformed";
    const auto end = into.each.begin() + static_cast<std::ptrdiff_t>(into.count);
    const auto found = std::find_if(into.each.begin(), end, [&](const message_signature& each) {
      return each.label == *label;
    });
    if (found == end) return "a signature without its Signature-Input";
    if (found->signature.data() != nullptr) return "a label stands in Signature twice";
    found->signature = *value;
    ++count;
  } while (reader.next_member(well_formed));
  if (!well_formed) return "Signature is malformed";
  return count == into.count ? nullptr : "a Signature-Input without its signature";
}

// As it was received: only a path that is the same in normal form is passed on as it was signed.
const char* add_path(const request_head& request, std::string& into) {
  std::string_view path = request.target;
  if (!path.starts_with('/') && path != "*") {
    const std::size_t authority = path.find("://");
    path = authority == std::string_view::npos ? std::string_view{} : path.substr(authority + 3);
    path = path.substr(std::min(path.find_first_of("/?"), path.size()));
  }
  path = path.substr(0, path.find('?'));
  if (path.empty()) path = "/";
  if (path != request.path) return "the path is not in normal form, or changed";
  into += path;
  return nullptr;
}

// RFC 9421, 2.2.3: in lower case, without the scheme's own port.
const char* add_authority(const request_head& request, std::string_view scheme, std::string& into) {
  std::string_view text = request.authority;
  if (text.empty()) return "there is no authority";
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (text.ends_with(port)) text.remove_suffix(port.size());
  if (text.ends_with(':')) text.remove_suffix(1);
  std::ranges::transform(text, std::back_inserter(into), to_lower);
  return nullptr;
}

const char* add_derived(const request_head& request, std::string_view scheme, std::string_view name,
                        std::string& into) {
  if (name == "@method") return into += request.method_text, nullptr;
  if (name == "@authority") return add_authority(request, scheme, into);
  if (name == "@path") return add_path(request, into);
  if (name == "@query") return into.append("?").append(request.query), nullptr;
  into.append(scheme).append("://");
  if (const char* flaw = add_authority(request, scheme, into)) return flaw;
  if (const char* flaw = add_path(request, into)) return flaw;
  if (request.has_query) into.append("?").append(request.query);
  return nullptr;
}

// RFC 9421, 2.1: all fields of the name, commas between.
const char* add_field(const request_head& request, std::string_view name, std::string& into) {
  const field_id id = identify(name);
  bool found = false;
  for (const field& item : request.fields) {
    if (item.id() != id || (id == field_id::other && !equals_ignoring_case(item.name(), name))) {
      continue;
    }
    if (found) into += ", ";
    found = true;
    if (item.value().find_first_of("\r\n") != std::string_view::npos) return "a field with lines";
    into += trim(item.value());
  }
  return found ? nullptr : "a component is not in the request";
}

}  // namespace

bool message_signature::covers(std::string_view component) const noexcept {
  return std::ranges::find(components, component) != components.end();
}

bool is_derived_component(std::string_view name) noexcept {
  return std::ranges::find(derived, name) != derived.end();
}

bool is_field_component(std::string_view name) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && name.size() <= text_bytes_max && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || marks.contains(c);
  });
}

message_signatures read_signatures(std::string_view input, std::string_view signatures,
                                   arena& memory) {
  message_signatures made;
  if (input.size() > signature_bytes_max || signatures.size() > signature_bytes_max) {
    made.flaw = "the fields are too long";
    return made;
  }
  made.flaw = input_reader(trim(input), memory).read(made);
  if (made.flaw == nullptr) made.flaw = read_values(trim(signatures), made);
  return made;
}

const char* make_signature_base(const request_head& request, std::string_view scheme,
                                const message_signature& of, std::string& into) {
  into.clear();
  for (const std::string_view name : of.components) {
    into.append("\"").append(name).append("\": ");
    const char* flaw = name.starts_with('@') ? add_derived(request, scheme, name, into)
                                             : add_field(request, name, into);
    if (flaw != nullptr) return flaw;
    into += '\n';
    if (into.size() > signature_base_bytes_max) return "what is signed is too long";
  }
  into.append("\"@signature-params\": ").append(of.parameters);
  return nullptr;
}

}  // namespace ferroway::http
