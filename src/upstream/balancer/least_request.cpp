#include "upstream/balancer/least_request.hpp"

namespace ferroway::upstream {

two_drawn draw_two(random_source& random, const candidates& among) noexcept {
  const std::size_t count = among.turns.size();
  const std::size_t first = random.below(count);
  std::size_t second = first + 1 + random.below(count - 1);
  if (second >= count) second -= count;
  if (count == 1) second = first;
  return {among.turns[first], among.turns[second]};
}

std::uint32_t least_request::pick(const pick_input& in, const candidates& among) noexcept {
  const two_drawn drawn = draw_two(in.random, among);
  const candidate& a = among.all[drawn.first];
  const candidate& b = among.all[drawn.second];
  const std::uint64_t load_a = std::uint64_t{a.load->in_flight()} * b.weight;
  const std::uint64_t load_b = std::uint64_t{b.load->in_flight()} * a.weight;
  return load_a <= load_b ? drawn.first : drawn.second;
}

std::string least_request::why(const pick_input&, const candidates& among,
                               std::uint32_t chosen) const {
  return "least_request: " + std::to_string(among.all[chosen].load->in_flight()) +
         " in flight with this one, the fewer of two drawn by weight of " +
         std::to_string(among.count);
}

}  // namespace ferroway::upstream
