-- Decides one view. A denial writes nothing: once views are granted, the same request id is decided anew.
local window, granted_key, request, network, outbox = unpack(KEYS)
local subject, plan, page, request_id = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local views, window_ms = tonumber(ARGV[5]), tonumber(ARGV[6])  -- negative views: no limit
local cap, cap_ms = tonumber(ARGV[7]), tonumber(ARGV[8])  -- negative cap: none
local traceparent = ARGV[9]

local CHARGED, ALREADY_OPENED, DENIED_LIMIT, DENIED_NETWORK = 1, 2, 3, 4
local REMEMBERED_HOURS = 24

local known = recall(request, page)
if known then
  return known
end

local used, granted, ends = usage(window, granted_key)
local limit = views + granted
local limited = views >= 0

local function answer(outcome)
  return table.concat({outcome, used, granted, ends}, ' ')
end

local opened = 'page:' .. page
if redis.call('HEXISTS', window, opened) == 1 then
  return remember(request, page, answer(ALREADY_OPENED), REMEMBERED_HOURS)
end
if limited and used >= limit then
  return {NEW, answer(DENIED_LIMIT)}
end
if cap >= 0 and tonumber(redis.call('GET', network) or 0) >= cap then
  return {NEW, answer(DENIED_NETWORK)}
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

used = redis.call('HINCRBY', window, 'used', 1)
redis.call('HSET', window, opened, CHARGED_PAGE)
if ends < 0 then
  ends = now + window_ms
  redis.call('PEXPIREAT', window, ends)
end
if cap >= 0 and redis.call('INCR', network) == 1 then
  redis.call('PEXPIREAT', network, now + cap_ms)
end

redis.call('XADD', outbox, '*', 'event', 'quota.view.charged', 'subject', subject, 'plan', plan, 'page', page,
  'request_id', request_id, 'at', now, 'remaining', limited and limit - used or 0, 'traceparent', traceparent)
if limited and used == limit then
  redis.call('XADD', outbox, '*', 'event', 'quota.limit.reached', 'subject', subject, 'plan', plan, 'limit', limit,
    'at', now, 'traceparent', traceparent)
end
return remember(request, page, answer(CHARGED), REMEMBERED_HOURS)
