-- Counts one call in a minute, which begins with its first call. A refused call writes nothing.
local calls = KEYS[1]
local limit = tonumber(ARGV[1])
local MINUTE_MS = 60 * 1000

local used = tonumber(redis.call('GET', calls) or 0)
if used >= limit then
  return {0, used, redis.call('PEXPIRETIME', calls)}
end
used = redis.call('INCR', calls)
if used == 1 then
  redis.call('PEXPIRE', calls, MINUTE_MS)
end
return {1, used, redis.call('PEXPIRETIME', calls)}
