-- Asks a served ledger for the claims in a file of hashes, one after the other and from the beginning again (wrk).
--
--   wrk -t1 -c8 -d10s -s benches/claims.lua http://127.0.0.1:7801/ -- claims.txt api/v1/claims/ ''

function init(arguments)
  paths = {}
  for line in io.lines(arguments[1]) do
    paths[#paths + 1] = "/" .. arguments[2] .. line .. (arguments[3] or "")
  end
  assert(#paths > 0, "expected a file of hashes, found none in it")
  place = 0
end

function request()
  place = place % #paths + 1
  return wrk.format("GET", paths[place])
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("answers that failed: %d of %d\n", failed, summary.requests))
end
