// `admin` and `probe`: where the process can be asked about itself, who may ask, and that nobody
// else gets there.
#include <algorithm>

#include "config/reaches.hpp"
#include "config/readers.hpp"
#include "config/substitute.hpp"

namespace ferroway::config {
namespace {

// Short enough to remember is short enough to guess.
constexpr std::size_t token_bytes_min = 16;

io::address default_address() {
  return io::address::of_ip(*io::ip_address::parse("127.0.0.1"), 9901);
}

bool is_off(const node& from) { return from.is_scalar() && from.text == "off"; }

// Its characters can stand in a header.
bool is_sendable(const template_text& token) {
  return std::ranges::all_of(token, [](const template_piece& piece) {
    return std::ranges::all_of(piece.text, [](char c) { return c > ' ' && c <= '~'; });
  });
}

std::size_t bytes_of(const template_text& text) {
  std::size_t bytes = 0;
  for (const template_piece& piece : text) bytes += piece.text.size();
  return bytes;
}

void require_token(reading& in, const admin_listener& of) {
  if (!of.address.is_ip() || of.address.ip().is_loopback()) return;
  in.report.error(of.at, "an admin listener beyond loopback needs a `token`",
                  "{address: ..., token: \"${file:admin.token}\"}, or listen on 127.0.0.1");
}

void read_settings(reading& in, const node& from, admin_listener& into) {
  const fields all(in, from, keys::admin);
  if (const node* address = all.find("address")) {
    into.address = read_address(in, *address, "address").value_or(into.address);
    into.required = true;
    into.at = address->at;
  }
  if (const node* token = all.find("token"))
    into.token = read_secret(in, *token, "token", all.at("token"));
  if (const node* required = all.find("required")) {
    into.required = read_switch(in, *required, "required").value_or(into.required);
  }
  if (!all.meant("token")) require_token(in, into);
}

void read_admin(reading& in, const node& from, admin_listener& into) {
  into.at = from.at;
  if (is_off(from)) {
    into.address = {};
    return;
  }
  if (from.is_mapping()) return read_settings(in, from, into);
  if (from.is_list() || from.is_null()) {
    return expected(in, from, "admin", "an address, off, or {address: ..., token: ...}");
  }
  const auto address = read_address(in, from, "admin");
  if (!address) return;
  into.address = *address;
  into.required = true;
  require_token(in, into);
}

class seclusion {
 public:
  seclusion(reading& in, const draft& all) : in_(in), all_(all) {}

  void check(const io::address& ours, position at, std::string_view key) {
    if (ours.is() == io::address::kind::none) return;
    const bool in_file = at.line > 0;
    const std::string name(key);
    for (const listener& each : all_.value.listeners) {
      if (!overlaps(each.address, ours)) continue;
      in_.report.error(
          in_file ? at : each.at, "`" + name + "` and a listener cannot both have " + ours.text(),
          in_file ? "the listener is in line " + std::to_string(each.at.line) : advice(name));
    }
    for (const draft_upstream& upstream : all_.upstreams) {
      for (const endpoint& each : upstream.value.endpoints) {
        if (!reaches(each.address, ours)) continue;
        in_.report.error(
            each.at,
            "this endpoint would be the gateway's own `" + name + "` listener (" + ours.text() +
                ")",
            in_file ? "no route may reach it; give one of them another address" : advice(name));
      }
    }
  }

 private:
  static bool overlaps(const io::address& a, const io::address& b) {
    return a.is() != io::address::kind::none && (covers(a, b) || covers(b, a) || reaches(a, b));
  }
  static std::string advice(const std::string& name) {
    return "it is there by default; write `" + name + ": off`, or give it another address";
  }

  reading& in_;
  const draft& all_;
};

}  // namespace

template_text read_secret(reading& in, const node& from, std::string_view name, position key) {
  const std::string quoted = "`" + std::string(name) + "`";
  const position at = from.at.line == key.line ? from.at : key;
  constexpr std::string_view what = "a reference to a secret, such as \"${file:admin.token}\"";
  if (!from.is_scalar() || from.is_null()) {
    expected(in, from, name, what);
    return {};
  }
  auto token = substitute(in, from, name, variables_allowed::no, text_bytes_max);
  if (!token) return {};
  const bool literal =
      token->empty() || std::ranges::any_of(*token, [](const template_piece& piece) {
        return piece.origin.empty() || piece.origin.find(":-") != std::string::npos;
      });
  if (literal) {
    // The file is printed, shown by the admin listener and kept in version control.
    in.report.error(at, quoted + " stands in the configuration itself",
                    "put it into a file of its own: \"${file:admin.token}\", or into the "
                    "environment: \"${ADMIN_TOKEN}\"");
    return {};
  }
  if (bytes_of(*token) < token_bytes_min) {
    in.report.error(at, quoted + " has fewer than 16 bytes",
                    "make one: openssl rand -hex 32 > admin.token");
  } else if (!is_sendable(*token)) {
    in.report.error(at, quoted + " holds something else than visible ASCII characters",
                    "make one: openssl rand -hex 32 > admin.token");
  }
  return std::move(*token);
}

void read_admin(reading& in, const fields& top, draft& into) {
  into.value.admin.address = default_address();
  if (const node* admin = top.find("admin")) read_admin(in, *admin, into.value.admin);
  if (const node* probe = top.find("probe")) {
    into.value.probe.at = probe->at;
    if (is_off(*probe)) return;
    if (!probe->is_scalar() || probe->is_null()) {
      return expected(in, *probe, "probe", "an address such as 0.0.0.0:9902, or off");
    }
    into.value.probe.address = read_address(in, *probe, "probe").value_or(io::address{});
  }
}

void check_admin(reading& in, const draft& all) {
  const admin_listener& admin = all.value.admin;
  const probe_listener& probe = all.value.probe;
  seclusion secluded(in, all);
  secluded.check(admin.address, admin.at, "admin");
  secluded.check(probe.address, probe.at, "probe");
  if (admin.is_on() && probe.is_on() &&
      (covers(admin.address, probe.address) || covers(probe.address, admin.address))) {
    in.report.error(probe.at, "`probe` and `admin` cannot share an address",
                    "the admin listener answers /healthz and /readyz too");
  }
}

}  // namespace ferroway::config
