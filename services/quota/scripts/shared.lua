-- What a subject has used: views charged in the window, views granted on top of every window, and the end of the window
-- in milliseconds, negative when there is none. The window is one hash that expires, so that the count and the opened
-- pages end together.
local function usage(window, granted)
  return tonumber(redis.call('HGET', window, 'used') or 0),
    tonumber(redis.call('GET', granted) or 0),
    redis.call('PEXPIRETIME', window)
end

-- Whose questions are fewer, the asker's own or those that the guests of its network share: the key of that count, and
-- how many are left of it. A negative cap is none.
local function fewest_questions(own, network, limit, cap)
  local function left(counter, of)
    return of - tonumber(redis.call('GET', counter) or 0)
  end
  local remaining = left(own, limit)
  if cap >= 0 and left(network, cap) < remaining then
    return network, left(network, cap)
  end
  return own, remaining
end

-- What the window says of an opened page.
local CHARGED_PAGE, FREE_PAGE = '1', '0'

local NEW, REPLAYED, REUSED = 0, 1, 2

-- The reply to a request id that is known, nil when it is not. The id belongs to what it was first used for.
local function recall(request, what)
  local known = redis.call('GET', request)
  if not known then
    return nil
  end
  if known:sub(1, #what + 1) ~= what .. '\n' then
    return {REUSED, ''}
  end
  return {REPLAYED, known:sub(#what + 2)}
end

local function remember(request, what, answer, hours)
  redis.call('SET', request, what .. '\n' .. answer, 'EX', hours * 3600)
  return {NEW, answer}
end
