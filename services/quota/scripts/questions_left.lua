local fewest, remaining = fewest_questions(KEYS[1], KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]))
return {math.max(0, remaining), redis.call('PEXPIRETIME', fewest)}
