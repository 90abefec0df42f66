// What an attacker may try with a signature: each is refused, for its own reason.
#include "unit/middleware/hmac_support.hpp"

namespace ferroway::testing_hmac {
namespace {

// With `%NOW` for the moment in seconds.
struct attack {
  const char* name;
  std::string (*head)(std::int64_t now);
  const char* reason;
};

std::string at(std::int64_t now, const std::string& more = ";keyid=\"acme-1\"") {
  return ";created=" + std::to_string(now) + more;
}

// What the client has signed, genuine.
std::string genuine(std::int64_t now) { return fields_of(usual, at(now)); }

// Signed as it stands there, by who has the key: what is refused is its form.
std::string raw(const std::string& input, const std::string& base_lines) {
  const std::string base = base_lines + "\"@signature-params\": " + input;
  return "Signature-Input: sig1=" + input + "\r\nSignature: sig1=:" + mac_of(base) + ":\r\n";
}

std::string usual_lines() {
  std::string made;
  for (const auto& [name, value] : usual) made += "\"" + name + "\": " + value + "\n";
  return made;
}

const std::string usual_list = "(\"@method\" \"@authority\" \"@path\" \"@query\")";

std::string with_input(std::int64_t now, const std::string& input) {
  (void)now;
  return head_of(raw(input, usual_lines()));
}

std::string signature_fields(const std::string& input, const std::string& signature) {
  return head_of("Signature-Input: " + input + "\r\nSignature: " + signature + "\r\n");
}

constexpr const char* wrong = "the signature is wrong";
constexpr const char* malformed_input = "Signature-Input is malformed";
constexpr const char* malformed = "Signature is malformed";
const std::string zeros(44, 'A');

const attack attacks[] = {
    // What was signed is not what comes.
    {"another_method",
     [](std::int64_t now) { return head_of(genuine(now), "PUT /orders?limit=5"); }, wrong},
    {"another_path", [](std::int64_t now) { return head_of(genuine(now), "GET /admin?limit=5"); },
     wrong},
    {"another_query", [](std::int64_t now) { return head_of(genuine(now), "GET /orders?limit=6"); },
     wrong},
    {"a_query_added",
     [](std::int64_t now) { return head_of(genuine(now), "GET /orders?limit=5&a"); }, wrong},
    {"a_query_taken_away", [](std::int64_t now) { return head_of(genuine(now), "GET /orders"); },
     wrong},
    {"another_host",
     [](std::int64_t now) {
       return "GET /orders?limit=5 HTTP/1.1\r\nHost: evil.example.com\r\n" + genuine(now) + "\r\n";
     },
     wrong},
    {"another_port",
     [](std::int64_t now) {
       return "GET /orders?limit=5 HTTP/1.1\r\nHost: api.example.com:8080\r\n" + genuine(now) +
              "\r\n";
     },
     wrong},
    {"another_host_in_the_target",
     [](std::int64_t now) {
       return head_of(genuine(now), "GET http://evil.example.com/orders?limit=5");
     },
     wrong},
    {"a_path_that_leads_elsewhere",
     [](std::int64_t now) {
       lines covered = usual;
       covered[2].second = "/public/../orders";
       return head_of(fields_of(covered, at(now)), "GET /public/../orders?limit=5");
     },
     "the path is not in normal form, or changed"},
    {"a_path_that_is_the_same_to_the_upstream",
     [](std::int64_t now) { return head_of(genuine(now), "GET /%6Frders?limit=5"); },
     "the path is not in normal form, or changed"},
    {"slashes_that_are_merged",
     [](std::int64_t now) { return head_of(genuine(now), "GET //orders?limit=5"); },
     "the path is not in normal form, or changed"},
    {"a_signed_field_changed",
     [](std::int64_t now) {
       lines covered = usual;
       covered.push_back({"x-amount", "5"});
       return head_of("X-Amount: 6\r\n" + fields_of(covered, at(now)));
     },
     wrong},
    {"a_signed_field_twice",
     [](std::int64_t now) {
       lines covered = usual;
       covered.push_back({"x-amount", "5"});
       return head_of("X-Amount: 5\r\nX-Amount: 600\r\n" + fields_of(covered, at(now)));
     },
     wrong},
    {"a_signed_field_taken_away",
     [](std::int64_t now) {
       lines covered = usual;
       covered.push_back({"x-amount", "5"});
       return head_of(fields_of(covered, at(now)));
     },
     "a component is not in the request"},
    {"a_field_that_claims_to_be_derived",
     [](std::int64_t now) {
       return head_of(
           raw("(\"method\" \"authority\" \"path\" \"query\")" + at(now), "\"method\": GET\n"));
     },
     "the signature does not cover what it has to"},

    // What is not covered.
    {"nothing_covered", [](std::int64_t now) { return head_of(fields_of({}, at(now))); },
     "the signature does not cover what it has to"},
    {"no_method",
     [](std::int64_t now) { return head_of(fields_of({usual.begin() + 1, usual.end()}, at(now))); },
     "the signature does not cover what it has to"},
    {"no_query",
     [](std::int64_t now) { return head_of(fields_of({usual.begin(), usual.end() - 1}, at(now))); },
     "the signature does not cover what it has to"},
    {"a_component_twice",
     [](std::int64_t now) {
       lines covered = usual;
       covered.push_back(usual[0]);
       return head_of(fields_of(covered, at(now)));
     },
     "a component is signed twice"},
    {"a_component_with_parameters",
     [](std::int64_t now) {
       return with_input(now, "(\"@method\";req \"@authority\" \"@path\" \"@query\")" + at(now));
     },
     "a component with parameters, which are not taken"},
    {"a_component_of_answers",
     [](std::int64_t now) { return with_input(now, "(\"@status\")" + at(now)); },
     "a component that is not taken"},
    {"the_parameters_themselves",
     [](std::int64_t now) { return with_input(now, "(\"@signature-params\")" + at(now)); },
     "a component that is not taken"},
    {"a_field_in_capitals",
     [](std::int64_t now) {
       return head_of("X-A: 1\r\n" + raw("(\"X-A\")" + at(now), "\"X-A\": 1\n"));
     },
     "a component that is not taken"},
    {"a_field_with_a_line_in_its_name",
     [](std::int64_t now) { return with_input(now, "(\"x\\\"a\")" + at(now)); },
     "a component that is not taken"},
    {"more_components_than_are_taken",
     [](std::int64_t now) {
       lines covered;
       for (int i = 0; i < 33; ++i) covered.push_back({"x-" + std::to_string(i), "a"});
       return head_of(fields_of(covered, at(now)));
     },
     "too many components"},

    // Keys and algorithms.
    {"another_key",
     [](std::int64_t now) { return head_of(fields_of(usual, at(now), other_secret)); }, wrong},
    {"an_empty_key", [](std::int64_t now) { return head_of(fields_of(usual, at(now), "\0")); },
     wrong},
    {"an_unknown_key",
     [](std::int64_t now) { return head_of(fields_of(usual, at(now, ";keyid=\"nobody\""))); },
     "nobody has a key of this id"},
    {"another_consumers_key",
     [](std::int64_t now) { return head_of(fields_of(usual, at(now, ";keyid=\"small-1\""))); },
     wrong},
    {"no_key", [](std::int64_t now) { return head_of(fields_of(usual, at(now, ""))); },
     "a signature without `keyid`"},
    {"a_key_that_is_escaped",
     [](std::int64_t now) { return head_of(fields_of(usual, at(now, ";keyid=\"acme-1\\\\\""))); },
     "nobody has a key of this id"},
    {"another_algorithm",
     [](std::int64_t now) {
       return head_of(fields_of(usual, at(now, ";keyid=\"acme-1\";alg=\"rsa-pss-sha512\"")));
     },
     "`alg` is not the key's"},
    {"no_algorithm",
     [](std::int64_t now) {
       return head_of(fields_of(usual, at(now, ";keyid=\"acme-1\";alg=\"none\"")));
     },
     "`alg` is not the key's"},

    // Times.
    {"no_time", [](std::int64_t) { return head_of(fields_of(usual, ";keyid=\"acme-1\"")); },
     "a signature without `created`"},
    {"too_old", [](std::int64_t now) { return head_of(genuine(now - 400)); },
     "the signature is too old"},
    {"from_the_future", [](std::int64_t now) { return head_of(genuine(now + 40)); },
     "`created` lies in the future"},
    {"from_a_future_that_overflows",
     [](std::int64_t) { return head_of(genuine(999'999'999'999'999)); },
     "`created` lies in the future"},
    {"a_later_time_for_the_same_signature",
     [](std::int64_t now) {
       std::string fields = genuine(now - 400);
       const std::string old = std::to_string(now - 400);
       fields.replace(fields.find(old), old.size(), std::to_string(now));
       return head_of(fields);
     },
     wrong},
    {"a_time_below_zero",
     [](std::int64_t) { return head_of(fields_of(usual, ";created=-1;keyid=\"acme-1\"")); },
     "a time is no number of seconds"},
    {"a_time_in_quotes",
     [](std::int64_t now) {
       return head_of(
           fields_of(usual, ";created=\"" + std::to_string(now) + "\";keyid=\"acme-1\""));
     },
     "a time is no number of seconds"},
    {"two_times",
     [](std::int64_t now) {
       return head_of(fields_of(usual, at(now - 400, ";keyid=\"acme-1\"" + at(now, ""))));
     },
     "a parameter stands there twice"},

    // Forms.
    {"a_parameter_nobody_knows",
     [](std::int64_t now) { return head_of(fields_of(usual, at(now) + ";x=1")); },
     "a parameter that is not taken"},
    {"a_parameter_without_a_value",
     [](std::int64_t now) { return head_of(fields_of(usual, at(now) + ";nonce")); },
     "a parameter is malformed"},
    {"a_parameter_that_is_long",
     [](std::int64_t now) {
       return head_of(fields_of(usual, at(now) + ";nonce=\"" + std::string(257, 'n') + "\""));
     },
     "a parameter is too long"},
    {"only_a_signature",
     [](std::int64_t) { return head_of("Signature: sig1=:" + zeros + ":\r\n"); },
     "a Signature without Signature-Input"},
    {"only_its_input",
     [](std::int64_t now) { return head_of("Signature-Input: sig1=()" + at(now) + "\r\n"); },
     "a Signature-Input without Signature"},
    {"another_label",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now), "sig2=:" + zeros + ":");
     },
     "a signature without its Signature-Input"},
    {"a_label_twice",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now) + ", sig1=" + usual_list + at(now),
                               "sig1=:" + zeros + ":");
     },
     "a label stands in Signature-Input twice"},
    {"two_signatures_for_a_label",
     [](std::int64_t now) { return head_of(genuine(now) + "Signature: sig1=:" + zeros + ":\r\n"); },
     "a label stands in Signature twice"},
    {"an_input_without_its_signature",
     [](std::int64_t now) {
       return head_of(genuine(now) + "Signature-Input: sig2=(\"@method\")" + at(now) + "\r\n");
     },
     "a Signature-Input without its signature"},
    {"two_signatures_of_keys_here",
     [](std::int64_t now) {
       return head_of(genuine(now) + "Signature-Input: sig2=()" + at(now) +
                      "\r\nSignature: sig2=:" + zeros + ":\r\n");
     },
     "several signatures by keys of this gateway"},
    {"more_signatures_than_are_taken",
     [](std::int64_t now) {
       std::string input, signature;
       for (const char* label : {"a", "b", "c", "d", "e"}) {
         input += (input.empty() ? "" : ", ") + std::string(label) + "=()" + at(now);
         signature += (signature.empty() ? "" : ", ") + std::string(label) + "=:" + zeros + ":";
       }
       return signature_fields(input, signature);
     },
     "too many signatures"},
    {"no_list", [](std::int64_t) { return signature_fields("sig1", "sig1=:" + zeros + ":"); },
     malformed_input},
    {"a_list_without_an_end",
     [](std::int64_t) { return signature_fields("sig1=(\"@method\"", "sig1=:" + zeros + ":"); },
     malformed_input},
    {"components_without_a_space",
     [](std::int64_t now) {
       return with_input(now, "(\"@method\"\"@authority\" \"@path\" \"@query\")" + at(now));
     },
     malformed_input},
    {"a_component_that_is_no_text",
     [](std::int64_t now) { return with_input(now, "(@method)" + at(now)); }, malformed_input},
    {"something_behind_it",
     [](std::int64_t now) { return with_input(now, usual_list + at(now) + " x"); },
     malformed_input},
    {"a_comma_at_the_end",
     [](std::int64_t now) { return with_input(now, usual_list + at(now) + ","); }, malformed_input},
    {"an_empty_input", [](std::int64_t) { return signature_fields("", "sig1=:" + zeros + ":"); },
     malformed_input},
    {"an_empty_signature",
     [](std::int64_t now) { return signature_fields("sig1=" + usual_list + at(now), ""); },
     malformed},
    {"a_signature_that_is_no_bytes",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now), "sig1=\"" + zeros + "\"");
     },
     malformed},
    {"a_signature_that_is_no_base64",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now), "sig1=:" + zeros + ":");
     },
     "the signature has not 32 bytes"},
    {"a_signature_with_bytes_to_spare",
     [](std::int64_t now) {
       std::string fields = genuine(now);
       const std::size_t last = fields.rfind("=:\r\n");
       // The same bytes in another spelling.
       fields[last - 1] = static_cast<char>(fields[last - 1] + 1);
       return head_of(fields);
     },
     "the signature has not 32 bytes"},
    {"a_short_signature",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now), "sig1=:AAAA:");
     },
     "the signature has not 32 bytes"},
    {"a_long_signature",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now),
                               "sig1=:" + std::string(48, 'A') + ":");
     },
     "the signature has not 32 bytes"},
    {"a_signature_of_zeros",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now),
                               "sig1=:" + std::string(43, 'A') + "=:");
     },
     wrong},
    {"fields_that_are_long",
     [](std::int64_t now) {
       return signature_fields("sig1=" + usual_list + at(now) + std::string(9000, ' '),
                               "sig1=:" + std::string(9000, 'A') + ":");
     },
     "the fields are too long"},
};

class hmac_attacks : public signed_requests, public testing::WithParamInterface<attack> {};

TEST_P(hmac_attacks, are_refused) {
  guard(two_keys());
  ASSERT_EQ(ask(head_of(genuine(now()))), "200") << "what it begins with is genuine: " << reason();
  explained = false;
  EXPECT_EQ(ask(GetParam().head(now())), "401");
  ASSERT_TRUE(ex().failed);
  EXPECT_STREQ(ex().failed->detail, GetParam().reason);
  EXPECT_EQ(ex().who.consumer, "");
  EXPECT_EQ(challenge, "Signature");
}

INSTANTIATE_TEST_SUITE_P(all, hmac_attacks, testing::ValuesIn(attacks),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace ferroway::testing_hmac
