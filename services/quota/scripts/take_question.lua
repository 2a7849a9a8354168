-- Counts one question in the day of its asker, and in that of the network when guests share a cap. A day begins with its
-- first question. A refused question writes nothing. What is answered is the count of which less is left.
local questions, network = unpack(KEYS)
local limit, cap = tonumber(ARGV[1]), tonumber(ARGV[2])
local DAY_MS = 24 * 3600 * 1000

local function take(counter)
  if redis.call('INCR', counter) == 1 then
    redis.call('PEXPIRE', counter, DAY_MS)
  end
end

local fewest, remaining = fewest_questions(questions, network, limit, cap)
if remaining <= 0 then
  return {0, 0, redis.call('PEXPIRETIME', fewest)}
end
take(questions)
if cap >= 0 then
  take(network)
end
return {1, remaining - 1, redis.call('PEXPIRETIME', fewest)}
