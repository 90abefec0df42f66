-- What `./dev build --pgo` trains with: a mix of requests, always in the same order.
local head = {
  ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  ["Accept"] = "text/html,application/json;q=0.9,*/*;q=0.8",
  ["Accept-Language"] = "en-US,en;q=0.5",
}
local mix = {
  {12, "GET", "/128"},
  {3, "GET", "/16k"},
  {3, "POST", "/128", string.rep("y", 1024)},
  {2, "GET", "/chunked"},
  {1, "GET", "/nobody/has/this"},
}

local requests, at = {}, 0

function init(args)
  for _, kind in ipairs(mix) do
    for _ = 1, kind[1] do
      requests[#requests + 1] = wrk.format(kind[2], kind[3], head, kind[4])
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
