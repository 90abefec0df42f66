#include "upstream/balancer/peak_ewma.hpp"

#include <fmt/format.h>

#include "upstream/balancer/least_request.hpp"

namespace ferroway::upstream {
namespace {

// Of one that has requests and has never answered: it goes behind all that have.
constexpr double unknown_nanoseconds = 1e9;

double cost_of(const candidate& of, time_point now) noexcept {
  const std::uint32_t in_flight = of.load->in_flight();
  double latency = of.load->latency(now);
  if (latency == 0 && in_flight > 0) latency = unknown_nanoseconds;
  return latency * (in_flight + 1) / of.weight;
}

}  // namespace

std::uint32_t peak_ewma::pick(const pick_input& in, const candidates& among) noexcept {
  const two_drawn drawn = draw_two(in.random, among);
  const double first = cost_of(among.all[drawn.first], in.now);
  const double second = cost_of(among.all[drawn.second], in.now);
  return first <= second ? drawn.first : drawn.second;
}

std::string peak_ewma::why(const pick_input& in, const candidates& among,
                           std::uint32_t chosen) const {
  const endpoint_load& load = *among.all[chosen].load;
  return fmt::format(
      "peak_ewma: {:.1f} ms and {} in flight with this one, the sooner of two drawn by weight of "
      "{}",
      load.latency(in.now) / 1e6, load.in_flight(), among.count);
}

}  // namespace ferroway::upstream
