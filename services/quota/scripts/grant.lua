-- Adds views to every window of a subject. Events can be replayed for 30 days, and are then still known.
local window, granted, request = unpack(KEYS)
local views = ARGV[1]

local known = recall(request, views)
if known then
  return known
end
redis.call('INCRBY', granted, views)
return remember(request, views, table.concat({usage(window, granted)}, ' '), 31 * 24)
