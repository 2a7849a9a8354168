-- Remembers pages as opened without charging them. What was charged for one of them before this is given back, so that it
-- does not matter which came first. Events can be replayed for 30 days, and are then still known.
local window, granted, request = unpack(KEYS)
local source, window_ms = ARGV[1], ARGV[2]

local known = recall(request, source)
if known then
  return known
end
local merged = 0
for i = 3, #ARGV do
  local opened = redis.call('HGET', window, ARGV[i])
  if opened == CHARGED_PAGE then
    redis.call('HINCRBY', window, 'used', -1)
  elseif not opened then
    merged = merged + 1
  end
  redis.call('HSET', window, ARGV[i], FREE_PAGE)
end
-- Without a window the pages would stay for ever: the first one begins here.
if merged > 0 and redis.call('PTTL', window) < 0 then
  redis.call('PEXPIRE', window, window_ms)
end
return remember(request, source, table.concat({merged, usage(window, granted)}, ' '), 31 * 24)
