// What a user who made one mistake is told: where, what, and what to do.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/config/config_support.hpp"

namespace ferroway::config::testing {
namespace {

// `said` stands in the one line of complaints(): "3:5 message | hint".
struct mistake {
  std::string yaml;
  std::string said;
};

void expect_one(const std::string& text, const std::string& said) {
  const std::string all = complaints(load(text));
  EXPECT_NE(all.find(said), std::string::npos) << text << "\n" << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 1) << text << "\n" << all;
}

// The mistake stands in line 1, the rest is valid.
void expect_at_top(const std::vector<mistake>& all) {
  for (const mistake& each : all) {
    expect_one(each.yaml + "\nlisten: 8080\nroutes: [{respond: {}}]\n", each.said);
  }
}

// The mistake is one route, in line 3 from column 5.
void expect_in_route(const std::vector<mistake>& all) {
  for (const mistake& each : all) {
    expect_one("listen: 8080\nroutes:\n  - " + each.yaml + "\n", each.said);
  }
}

TEST(diagnostics, of_the_whole_file) {
  expect_one("", "error 1:1 the configuration is empty");
  expect_one("# nothing\n", "the configuration is empty");
  expect_one("just text\n", "1:1 the configuration is a mapping of keys and values");
  expect_one("[1, 2]\n", "1:1 the configuration is a mapping");
  expect_one("routes: [{respond: {}}]\n", "1:1 no listener | say where to listen");
  expect_one("listen: 8080\n", "1:1 no routes | such as");
  expect_one("listen: 8080\nroutes: []\n",
             "2:9 `routes`: expected a list of routes, found an empty");
  expect_one("listen: 8080\nroutes:\n", "`routes`: expected a list of routes, found nothing");
  expect_one("lisen: 8080\nroutes: [{respond: {}}]\n",
             "1:1 unknown key `lisen` in the configuration | did you mean `listen`?");
  expect_one("server: 8080\nroutes: [{respond: {}}]\n", "| Ferroway calls it `listen`");
}

TEST(diagnostics, of_the_process) {
  expect_at_top({
      {"version: 2", "1:10 `version`: expected 1, found `2`"},
      {"workers: 0", "1:10 `workers`: expected a whole number from 1 to 1024, found `0`"},
      {"workers: 1025", "from 1 to 1024"},
      {"workers: many", "from 1 to 1024, found `many`"},
      {"workers: [1]", "found a list"},
      {"workers: -1", "found `-1`"},
      {"io: epol", "did you mean `epoll`?"},
      {"watch: yes", "write `true` or `false`"},
      {"include: [a.yaml]", "1:11 `include`: cannot read `dir/a.yaml`"},
      {"drain_timeout: 30", "a duration has a unit: `30s`"},
      {"drain_timeout: 25h", "expected a duration from 0s to 24h"},
      {"drain_timeout: 1.5s", "the units are ms, s, m and h, with a whole number"},
      {"drain_timeout: 30 seconds", "did you mean `30s`?"},
      {"drain_timeout: 1d", "did you mean `24h`?"},
      {"drain_timeout: 99999999999999999999h", "expected a duration such as"},
      {"drain_timeout: ", "found nothing"},
      {"drain_timeout: {a: b}", "found a mapping"},
      {"tls: {}", "unknown key `tls` in the configuration | valid here: version, workers"},
      {"path: /a", "| `path` belongs in a route"},
      {"worker_processes: 4", "| Ferroway calls it `workers`"},
      {"upstreams: [a]", "`upstreams`: expected names and upstreams"},
      {"middlewares: []", "`middlewares`: expected names and middlewares"},
      {"use: request_id",
       "`use`: expected a list of middlewares, found `request_id` | write [request_id]"},
      {"without: [access_log]", "`without` names `access_log`, which is not in effect"},
  });
}

TEST(diagnostics, of_listeners) {
  const std::vector<mistake> short_forms{
      {"listen: localhost:8080", "1:9 `listen`: expected an address such as 8080"},
      {"listen: localhost:8080", "| write the IP address: 127.0.0.1"},
      {"listen: http://127.0.0.1:80", "without `http://`"},
      {"listen: 0", "expected a port from 1 to 65535"},
      {"listen: 65536", "expected an address"},
      {"listen: [8080, 8081]", "several addresses stand in `listeners`"},
      {"listen: ", "found nothing"},
      {"listen: off", "quote this value"},
      {"listen: 'unix:'", "expected an address"},
  };
  for (const mistake& each : short_forms) {
    expect_one(each.yaml + "\nroutes: [{respond: {}}]\n", each.said);
  }
  const std::vector<mistake> long_forms{
      {"{}", "1:13 this listener has no `address`"},
      {"{adress: 8080}", "1:14 unknown key `adress` in a listener | did you mean `address`?"},
      {"8080", "`listeners`: expected a listener such as"},
      {"{address: 1, name: any}", "a listener cannot be called `any`"},
      {"{address: 1, name: 'a b'}", "`name`: expected a name of letters"},
      {"{address: 1, tls: {}}", "unknown key `tls` in a listener"},
      {"{address: 1, trusted_proxies: 10.0.0.0/8}", "write [10.0.0.0/8]"},
      {"{address: 1, trusted_proxies: [10.0.0.1/8]}", "the bits behind the prefix must be zero"},
      {"{address: 1, trusted_proxies: [example.com]}", "expected an IP address or a network"},
      {"{address: 1, limits: 5}", "`limits`: expected limits such as"},
      {"{address: 1, limits: {head_bytes: 32k}}", "did you mean `32KiB`?"},
      {"{address: 1, limits: {head_bytes: 9000}}", "a size has a unit: `9000B`"},
      {"{address: 1, limits: {head_bytes: 100B}}", "a size from 1KiB to 256KiB"},
      {"{address: 1, limits: {head_bytes: 4KiB}}", "`target_bytes` is larger than `head_bytes`"},
      {"{address: 1, limits: {header_fields: 0}}", "a whole number from 1 to 10000"},
      {"{address: 1, limits: {max_body_size: 1MB}}", "Ferroway calls it `body_bytes`"},
      {"{address: 1, limits: {body_bytes: 99999999GiB}}", "`body_bytes`: expected a size from"},
      {"{address: 1, timeouts: {head: 0s}}", "expected a duration from 1ms to 8760h"},
      {"{address: 1, timeouts: {heads: 1s}}", "did you mean `head`?"},
      {"{address: 1, timeouts: 5s}", "`timeouts`: expected timeouts such as"},
      {"{address: 1, name: a}, {address: 2}", "1:36 this listener has no `name`"},
      {"{address: 1, name: a}, {address: 2, name: a}", "a second listener called `a`"},
      {"{address: 1, name: a}, {address: 1, name: b}", "a second listener with this address"},
      {"{address: 1, name: a}, {address: '127.0.0.1:1', name: b}", "this address overlaps another"},
      {"{address: '127.0.0.1:1', name: a}, {address: '0.0.0.0:1', name: b}", "overlaps"},
  };
  for (const mistake& each : long_forms) {
    expect_one("listeners: [" + each.yaml + "]\nroutes: [{listener: any, respond: {}}]\n",
               each.said);
  }
  expect_one("listen: 1\nlisteners: [{address: 2}]\nroutes: [{respond: {}}]\n",
             "1:1 `listen` and `listeners` exclude each other");
}

TEST(diagnostics, of_upstreams) {
  const std::vector<mistake> all{
      {"http://127.0.0.1:1", "1:16 `u`: expected an upstream such as"},
      {"[http://127.0.0.1:1]", "put the URLs under `endpoints`"},
      {"{}", "the upstream `u` has no `endpoints`"},
      {"{endpoints: []}", "`endpoints`: expected a list of URLs, found an empty list"},
      {"{servers: [http://127.0.0.1:1]}", "| Ferroway calls it `endpoints`"},
      {"{endpoints: [127.0.0.1:1]}", "begin with `http://`"},
      {"{endpoints: [http://127.0.0.1:1/]}", "1:29 a path in an endpoint's URL"},
      {"{endpoints: ['http://127.0.0.1:1?x']}", "a path in an endpoint's URL"},
      {"{endpoints: [http://a@127.0.0.1:1]}", "a user name in an endpoint's URL"},
      {"{endpoints: ['http://127.0.0.1:']}", "expected a port behind the colon"},
      {"{endpoints: [http://127.0.0.1:0]}", "expected a port from 1 to 65535"},
      {"{endpoints: [http://127.0.0.1:70000]}", "expected a port from 1 to 65535"},
      {"{endpoints: [http://10.0.0.300:80]}", "expected a URL such as"},
      {"{endpoints: ['http://a..b:80']}", "expected a URL such as"},
      {"{endpoints: [srv+http://_http._tcp.a:80]}", "a port behind a name with SRV records"},
      {"{endpoints: [srv+http://10.0.0.1]}", "expected a name such as srv+http://_http._tcp"},
      {"{endpoints: [srv+https://_http._tcp.a]}", "expected a URL such as"},
      {"{endpoints: [http://a:80, http://A:80]}", "stands here twice"},
      {"{endpoints: ['http://[::1:80']}", "expected a URL such as"},
      {"{endpoints: ['http://::1']}", "expected a URL such as"},
      {"{endpoints: [https://127.0.0.1]}", "`https` to an endpoint is not supported yet"},
      {"{endpoints: [wss://127.0.0.1]}", "`wss://` is not supported yet"},
      {"{endpoints: [ftp://127.0.0.1]}", "expected a URL such as"},
      {"{endpoints: [{weight: 1}]}", "this endpoint has no `url`"},
      {"{endpoints: [{url: http://127.0.0.1, weight: 1001}]}",
       "`weight`: expected a whole number from 0 to 1000"},
      {"{endpoints: [{url: http://127.0.0.1, weight: 0}]}", "the weights are all 0"},
      {"{endpoints: [{url: http://127.0.0.1, priority: -1}]}",
       "`priority`: expected a whole number from 0 to 100"},
      {"{endpoints: [http://127.0.0.1, http://localhost:80]}", "stands here twice"},
      {"{endpoints: [http://127.0.0.1], host: 'a b'}", "expected client, endpoint or a host name"},
      {"{endpoints: [http://127.0.0.1], balance: consistent_hash}",
       "say by what: {consistent_hash: client.ip}"},
      {"{endpoints: [http://127.0.0.1], balance: least_conn}", "Ferroway calls it `least_request`"},
      {"{endpoints: [http://127.0.0.1], balance: {consistent_hash: client}}",
       "`consistent_hash`: expected a variable"},
      {"{endpoints: [http://127.0.0.1], balance: {consistent_hash: request.id}}",
       "another one with every request"},
      {"{endpoints: [http://127.0.0.1], balance: {consistent_hash: path.id}}",
       "is not a capture of the route"},
      {"{endpoints: [http://127.0.0.1], panic_threshold: 30}", "write `30%`"},
      {"{endpoints: [http://127.0.0.1], panic_threshold: 101%}",
       "expected a share from 0% to 100%"},
      {"{endpoints: [http://127.0.0.1], slow_start: 2h}", "from 0s to 1h"},
      {"{endpoints: [http://127.0.0.1], balance: rund_robin}", "did you mean `round_robin`?"},
      {"{endpoints: [http://127.0.0.1], connections: {max: 0}}",
       "a whole number from 1 to 1000000"},
      {"{endpoints: [http://127.0.0.1], connections: {idle: x}}", "a whole number from 0 to 65536"},
      {"{endpoints: [http://127.0.0.1], timeouts: {read: 1s}}", "unknown key `read`"},
  };
  for (const mistake& each : all) {
    expect_one("upstreams: {u: " + each.yaml + "}\nlisten: 8080\nroutes: [{to: u}]\n", each.said);
  }
}

TEST(diagnostics, of_routes) {
  expect_in_route({
      {"text", "3:5 `routes`: expected a route such as"},
      {"{path: /a}", "3:5 this route ends nowhere | say `to`, `respond` or `redirect`"},
      {"{path: /a, backends: x}", "unknown key `backends` in a route | Ferroway calls it `to`"},
      {"{path: /a, proxy_pass: x}", "Ferroway calls it `to`"},
      {"{respond: {}, to: 'http://127.0.0.1'}",
       "3:6 `to`, `respond` and `redirect` exclude each other"},
      {"{respond: {}, auth_required: true}", "Ferroway calls it `use`"},
      {"{respond: {}, cors: {}}",
       "| a middleware stands under `use`, such as `use: [{cors: ...}]`"},
      {"{respond: {}, strip_prefix: /a}", "| `strip_prefix` belongs in `rewrite`"},
      {"{respond: {}, path: /x, headers: {A: b, c}}", "begins with `#` or holds a comma"},
      {"{respond: {}, retry: {}}", "`retry` needs `to`"},
      {"{respond: {}, mirror: {to: 'http://127.0.0.1:1'}}", "`mirror` needs `to`"},
      {"{respond: {}, name: 'a b'}", "`name`: expected a name"},
      {"{respond: {}, name: on}", "quote this value if it is text: \"on\""},
      {"{respond: {}, path: /a, b}", "quote the value before it if the comma belongs"},
      {"{respond: {}, path: a}", "a path begins with `/` | write `/a`"},
      {"{respond: {}, path: ~ ^/a}", "regular expressions are not supported yet"},
      {"{respond: {}, path: {prefix: /a}}", "unknown key `prefix` in `path`"},
      {"{respond: {}, path: //a}", "an empty segment"},
      {"{respond: {}, path: /a/../b}", "a segment of dots"},
      {"{respond: {}, path: /a?b}", "a route's path has no query"},
      {"{respond: {}, path: '/a/{b}c'}", "a capture is a whole segment: `{b}c`"},
      {"{respond: {}, path: '/{a}/{a}'}", "two captures are called `a`"},
      {"{respond: {}, path: '/{a...}/b'}", "must be the last segment"},
      {"{respond: {}, path: {exact: '/{a...}'}}", "an exact path has no tail"},
      {"{respond: {}, path: '/{1a}'}", "a capture's name is letters"},
      {"{respond: {}, path: /a/*}", "a path matches what lies under it too"},
      {"{respond: {}, path: '/:id'}", "captures are written {id}"},
      {"{respond: {}, path: /a%2Fb}", "match it with a capture, and say `allow_in_path`"},
      {"{respond: {}, path: /%41}", "is not in normal form | write `A`"},
      {"{respond: {}, path: /%c3}", "use upper-case digits"},
      {"{respond: {}, path: /%zz}", "without two hexadecimal digits"},
      {"{respond: {}, path: '/a b'}", "write it percent-encoded"},
      {"{respond: {}, path: /é}", "write it percent-encoded"},
      {"{respond: {}, host: '*'}", "leave `host` out to mean any host"},
      {"{respond: {}, host: 'a:80'}", "leave the port out"},
      {"{respond: {}, host: 'http://a'}", "write the host alone"},
      {"{respond: {}, host: a/b}", "write the path under `path`"},
      {"{respond: {}, host: 'a.*.com'}", "that is not the first label"},
      {"{respond: {}, host: '*a.com'}", "is the whole first label"},
      {"{respond: {}, host: '{t}.'}", "a plain host name must follow"},
      {"{respond: {}, host: -a.com}", "not a host name"},
      {"{respond: {}, host: {tenant}}", "quote this value if it is text: \"{tenant}\""},
      {"{respond: {}, host: '{a}.b.c', path: '/{a}'}", "the host has a capture called `a`"},
      {"{respond: {}, methods: GET}", "write [GET]"},
      {"{respond: {}, methods: []}", "`methods`: expected a list"},
      {"{respond: {}, methods: [get]}", "write `GET`"},
      {"{respond: {}, methods: [TRACE]}", "the method `TRACE` is always refused"},
      {"{respond: {}, methods: [CONNECT]}", "is always refused"},
      {"{respond: {}, methods: [GET, GET]}", "stands here twice"},
      {"{respond: {}, methods: ['A B']}", "expected a method such as GET"},
      {"{respond: {}, websocket: true}", "`websocket` needs `to`"},
      {"{to: 'http://127.0.0.1', websocket: maybe}", "expected true or false"},
      {"{to: nobody}", "3:10 no upstream is called `nobody`"},
      {"{to: 127.0.0.1:80}", "a URL begins with `http://`"},
      {"{to: []}", "`to`: expected a list of URLs"},
      {"{to: }", "`to`: expected the name of an upstream"},
      {"{respond: ok}", "`respond`: expected an answer such as"},
      {"{respond: {status: 101}}", "a whole number from 200 to 599"},
      {"{respond: {code: 200}}", "Ferroway calls it `status`"},
      {"{respond: {status: 204, body: x}}", "an answer with status 204 has no body"},
      {"{respond: {body: yes}}", "quote this value if it is text: \"yes\""},
      {"{respond: {headers: {Content-Length: 5}}}", "`Content-Length` belongs to the gateway"},
      {"{respond: {headers: {'A B': 5}}}", "is not the name of a header"},
      {"{respond: {headers: {A: '${client.ip}'}}}", "not allowed in `respond`"},
      {"{respond: {}, listener: public}", "no listener is called `public`"},
      {"{respond: {}, timeouts: {total: 1s}}", "unknown key `total` in a route's `timeouts`"},
      {"{respond: {}, timeouts: {idle: 1}}", "a duration has a unit: `1s`"},
      {"{host: a.com, routes: [{host: b.com, respond: {}}]}", "the group around this has a `host`"},
      {"{routes: [{respond: {}}], path: /a}", "unknown key `path` in a group of routes"},
      {"{routes: [{respond: {}}], to: a}", "unknown key `to` in a group of routes"},
      {"{routes: []}", "`routes`: expected a list of routes"},
  });
  expect_one("listen: 1\nroutes: [{name: a, respond: {}},\n {name: a, path: /b, respond: {}}]\n",
             "3:9 a second route called `a` | the first is in line 2");
  expect_one("listeners: [{name: a, address: 1}, {name: b, address: 2}]\nroutes: [{respond: {}}]\n",
             "2:10 this route does not say its `listener`");
}

std::string many_middlewares(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) {
    all += (i == 0 ? "" : ", ") + std::string("{request_headers: {remove: [X-A]}}");
  }
  return all;
}

std::string many_headers(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i == 0 ? "X-" : ", X-") + std::to_string(i);
  return all;
}

TEST(diagnostics, of_middlewares) {
  expect_in_route({
      {"{respond: {}, use: [acess_log]}", "no middleware is called `acess_log` | did you mean"},
      {"{respond: {}, use: [jwt]}", "`jwt` has nothing to go by"},
      {"{respond: {}, use: [cache]}", "the middleware `cache` is not supported yet"},
      {"{respond: {}, use: [{mtls: {}}]}",
       "the middleware `mtls` is not supported yet | client certificates come with TLS"},
      {"{respond: {}, use: [mtls]}",
       "the middleware `mtls` is not supported yet | client certificates come with TLS"},
      {"{respond: {}, use: [request_headers]}", "`request_headers` has nothing to go by"},
      {"{respond: {}, use: [" + many_middlewares(65) + "]}",
       "more than 64 middlewares are in effect here"},
      {"{respond: {}, use: [{request_headers: {remove: [" + many_headers(65) + "]}}]}",
       "`remove` names 65 headers | at most 64 are allowed"},
      {"{respond: {}, use: [{reqest_id: {}}]}", "did you mean `request_id`?"},
      {"{respond: {}, use: [{request_id: {a: 1}}]}", "in a middleware without settings"},
      {"{respond: {}, use: [{request_id: {}, access_log: {}}]}", "expected one kind"},
      {"{respond: {}, use: [[a]]}", "expected the name of a middleware"},
      {"{respond: {}, use: [request_id, request_id]}", "`request_id` is in effect here already"},
      {"{respond: {}, without: [request_id]}", "which is not in effect"},
      {"{respond: {}, use: [{request_headers: {}}]}", "has nothing to go by"},
      {"{respond: {}, use: [{request_headers: {sett: {}}}]}", "unknown key `sett`"},
      {"{respond: {}, use: [{request_headers: {remove: A}}]}", "write [A]"},
      {"{respond: {}, use: [{request_headers: {remove: [A, a]}}]}", "stands here twice"},
      {"{respond: {}, use: [{request_headers: {set: {A: 1, a: 2}}}]}", "stands here twice"},
      {"{respond: {}, use: [{request_headers: {set: {A: 1}, remove: [A]}}]}", "is set and removed"},
      {"{respond: {}, use: [{response_headers: {append: {set-cookie: a}}}]}", "is no list"},
      {"{respond: {}, use: [{request_headers: {set: {Host: a}}}]}", "by the upstream's `host`"},
      {"{respond: {}, use: [{request_headers: {remove: [te]}}]}", "belongs to the gateway"},
      {"{respond: {}, use: [{response_headers: {remove: [Transfer-Encoding]}}]}",
       "belongs to the gateway"},
      {"{respond: {}, use: [{request_headers: {set: {A: \"a\\r\\nB: c\"}}}]}",
       "`A` holds control characters"},
      {"{respond: {}, use: [{request_headers: {set: {A: \"a\\0\"}}}]}", "control characters"},
      {"{respond: {}, use: [{request_headers: {set: {A: [b]}}}]}", "`A`: expected text"},
      {"{respond: {}, use: [{request_headers: {set: {A: '${clint.ip}'}}}]}",
       "unknown variable `clint.ip` | did you mean `client.ip`?"},
      {"{respond: {}, use: [{request_headers: {set: {A: '${jwt.sub}'}}}]}",
       "`jwt.sub` is used before it is known"},
      {"{respond: {}, use: [{request_headers: {set: {A: '${consumer}'}}}]}",
       "`consumer` is used before it is known"},
      {"{respond: {}, use: [{request_headers: {set: {A: '${header.a b}'}}}]}",
       "names nothing that can exist"},
      {"{respond: {}, use: [{request_headers: {set: {A: '${client.ip:-x}'}}}]}",
       "a request variable has no default"},
      {"{path: '/{id}', respond: {}, use: [{request_headers: {set: {A: '${path.ib}'}}}]}",
       "`${path.ib}` is not a capture of the route `/{id}` in line 3"},
      {"{host: '{t}.a.b', respond: {}, use: [{request_headers: {set: {A: '${host.u}'}}}]}",
       "`${host.u}` is not a capture"},
  });
  expect_at_top({{"middlewares: {endpoint: request_id}",
                  "1:15 a middleware cannot be called `endpoint` | a step of the gateway's own"}});
  expect_at_top({{"use: [{request_headers: {set: {A: '${path.id}'}}}]",
                  "is unknown to the top level's `use`, which runs for 404 too"}});
}

TEST(diagnostics, all_at_once_and_in_the_order_of_the_file) {
  const std::string all = complaints(
      load("listen: nowhere\nroutes:\n  - {path: a, to: b}\n  - {path: /, respond: {status: 1}}\n"
           "workers: 0\n"));
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 5) << all;
  const std::size_t first = all.find("error 1:9"), second = all.find("error 3:12"),
                    third = all.find("error 3:19"), fourth = all.find("error 4:33"),
                    last = all.find("error 5:10");
  EXPECT_TRUE(first < second && second < third && third < fourth && fourth < last) << all;
  EXPECT_NE(last, std::string::npos) << all;
}

TEST(diagnostics, warnings_leave_the_configuration_valid) {
  const loaded outcome = load(
      "listen: 1\nupstreams: {a: {endpoints: ['http://127.0.0.1']}}\n"
      "middlewares: {b: request_id}\nroutes: [{respond: {}}]\n");
  EXPECT_TRUE(outcome.value);
  EXPECT_EQ(complaints(outcome),
            "warning 2:13 no route uses the upstream `a`\n"
            "warning 3:15 nothing uses the middleware `b`\n");
}

TEST(diagnostics, a_route_that_can_never_match_is_named_with_the_one_that_hides_it) {
  const std::string before =
      "listen: 1\nroutes:\n  - {name: first, methods: [GET], path: '/a/{b}', respond: {}}\n";
  const auto said = [&](const std::string& second) {
    return complaints(load(before + "  - {respond: {}, " + second + "}\n"));
  };
  EXPECT_NE(said("path: '/a/{c}', methods: [GET]")
                .find("warning 4:5 this route can never match: `first` hides it"),
            std::string::npos);
  EXPECT_NE(said("path: '/a/{c}/', methods: [HEAD]").find("can never match"), std::string::npos);
  EXPECT_EQ(said("path: '/a/{c}'"), "");  // other methods still get there
  EXPECT_EQ(said("path: '/a/{c}', methods: [GET, POST]"), "");
  EXPECT_EQ(said("path: {exact: '/a/{c}'}, methods: [GET]"), "");
  EXPECT_EQ(said("path: '/a/{c}', methods: [GET], host: a.com"), "");
}

}  // namespace
}  // namespace ferroway::config::testing
