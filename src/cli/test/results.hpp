// The results of a file of tests, and their two ways of being shown.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/test/cases.hpp"
#include "cli/test/verdict.hpp"

namespace ferroway::cli {

struct case_result {
  const test_case* of;
  server::rehearsal_outcome got;     // of the first repetition that failed, else of the last
  std::vector<mismatch> mismatches;  // none: passed
  std::size_t repetition = 1;        // the one that failed
  std::string why_not;               // why the expected route did not take it; may be empty
};

struct test_results {
  const config::loaded& file;   // the configuration
  const config::loaded& tests;  // where the cases stand
  std::vector<case_result> cases;
  std::set<std::string> routes_touched;
  std::set<std::string> middlewares_touched;
  bool coverage = false;  // asked for

  std::size_t failed() const;
};

std::string results_as_text(const test_results& of, bool colour);
std::string results_as_json(const test_results& of);

// Names that no case has touched, in file order.
std::vector<std::string> untouched_routes(const test_results& of);
std::vector<std::string> untouched_middlewares(const test_results& of);

}  // namespace ferroway::cli
