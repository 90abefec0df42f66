// One request through the gateway without a network: the parser, the routes, the middlewares and
// the choice of an endpoint are those that serve, on a simulated clock; only the endpoint itself is
// stood in for. What `ferroway explain` and `ferroway test` run. One thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "exchange/exchange.hpp"
#include "io/simulated_world.hpp"
#include "routing/losers.hpp"
#include "server/snapshot.hpp"

namespace ferroway::server {

using header_lines = std::vector<std::pair<std::string, std::string>>;

struct rehearsal_request {
  std::string method = "GET";
  std::string target = "/";   // as it stands in the request line
  header_lines headers = {};  // Host too
  io::address from = {};      // the socket's other end
  std::size_t listener = 0;   // index
  std::string body = {};      // empty: none, or nobody has said; its length is told by itself
};

// What the endpoint would say.
struct rehearsal_answer {
  std::uint16_t status = 200;
  header_lines headers = {};
  std::string body = {};
};

// What a service would say that a middleware asks (forward_auth).
struct rehearsal_permission {
  std::string middleware;  // its name; "*": every other one
  bool fails = false;      // it cannot be asked
  rehearsal_answer answer = {};
};
using rehearsal_permissions = std::vector<rehearsal_permission>;

struct rehearsal_outcome {
  std::optional<std::size_t> route;  // index; none where no route may serve it
  std::string refusal;               // why not: "no_route", "malformed" ...
  std::string refusal_detail;
  header_lines captures;  // "path.id", "7"
  std::string path;       // as it was matched, in normal form
  std::string client;     // the client's address, forwarded ones considered
  std::vector<decision> decisions;
  std::string upstream;  // empty: nothing is sent on
  std::string endpoint;
  std::string sent;          // the head of the request to the endpoint, as it would be written
  std::uint16_t status = 0;  // of the answer to the client
  header_lines headers;
  std::string body;

  // For showing: what came from outside the configuration stands there as the file has it.
  void mask(const config::outside_values& outside);
};

class rehearsal {
 public:
  // `serving` has been assembled for one worker. Everything that is left to chance follows from the
  // seed; what has state (limits, turns) keeps it from one request to the next.
  rehearsal(std::shared_ptr<const snapshot> serving, wall_time now, std::uint64_t seed = 1);
  ~rehearsal();

  // What is asked for permission and is not among `permissions` answers 200.
  rehearsal_outcome run(const rehearsal_request& asked, const rehearsal_answer& answer = {},
                        const rehearsal_permissions& permissions = {});
  // The routes that came closest to taking it, beside the one that did. `routes` are those that the
  // snapshot was made from.
  std::vector<routing::loser> losers(const rehearsal_request& asked,
                                     std::span<const config::route> routes,
                                     std::optional<std::size_t> winner, std::size_t count_max);
  wall_time now() const noexcept { return loop_->wall_now(); }
  // Lets time pass.
  void pass(duration length);

 private:
  std::shared_ptr<const snapshot> serving_;
  io::simulated_world world_;
  std::unique_ptr<io::loop> loop_;
  worker_resources resources_;
};

}  // namespace ferroway::server
