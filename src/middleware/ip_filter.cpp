#include "middleware/ip_filter.hpp"

namespace ferroway {

ip_filter::ip_filter(const config::ip_filter_middleware& from)
    : deciding_middleware(from.shadow), others_may_(from.allow.networks.empty()) {
  for (const io::ip_network& each : from.allow.networks) networks_.add(each, in_allow);
  for (const io::ip_network& each : from.deny.networks) networks_.add(each, in_deny);
}

task<result<response>> ip_filter::handle(exchange& ex, next_handler next) {
  // A unix socket's peer has no address, so it is in no list.
  const bool has_address = ex.peer == nullptr || ex.peer->is_ip();
  const network_tree::found where = has_address ? networks_.find(ex.client) : network_tree::found{};
  const bool may = where.value == nowhere ? others_may_ : where.value == in_allow;
  const std::string_view why = ex.decisions == nullptr ? std::string_view{} : reason(ex, where);
  if (may) {
    pass(ex, why);
    return next(ex);
  }
  if (!reject(ex, why)) return next(ex);
  return rejection({fault::forbidden, side::client, false, "this address may not ask here"});
}

// For explain.
std::string_view ip_filter::reason(exchange& ex, const network_tree::found& where) const {
  if (ex.peer != nullptr && !ex.peer->is_ip()) return "a unix socket's peer has no address";
  const std::string client = ex.client.text();
  if (where.value == nowhere) return ex.memory.join(client, " is in no list");
  return ex.memory.join(client, " is in ", network_text(ex.client, where.prefix_bits), " of `",
                        where.value == in_allow ? "allow" : "deny", "`");
}

}  // namespace ferroway
