# SPDX-License-Identifier: MIT
# Reads the output of one stage, of "ctest -V" or of a single program, and
# prints "count PASSED FAILED SKIPPED", then a line per skip and per failure.
#
# A program ends with "PROGRAM: N passed, N failed, N skipped". One that dies
# before that, or fails without saying so, counts as one failure.

# "7: text" is what test 7 printed; without ctest there is no number.
function test_of(line) {
	if (match(line, /^[0-9]+: /))
		return substr(line, 1, RLENGTH - 2)
	return ""
}

{
	sub(/\r$/, "")
	test = test_of($0)
	text = test == "" ? $0 : substr($0, length(test) + 3)
}

text ~ /^[^ ]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
	split(text, part, " ")
	passed += part[2]
	failed += part[4]
	skipped += part[6]
	reported[test] = 1
	failures[test] += part[4]
	next
}

text ~ /^skip [^ ]+: / {
	skips[++skip_count] = text
	skip_seen[test]++
	next
}

text ~ /^not ok / {
	bad[++bad_count] = text
	next
}

# ctest's own verdict: "3/9 Test #3: name ......***Failed   0.1 sec".
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
	line = $0
	sub(/^ *[0-9]+\/[0-9]+ Test +#/, "", line)
	number = line
	sub(/:.*/, "", number)
	name = line
	sub(/^[0-9]+: /, "", name)
	sub(/ .*/, "", name)
	if (line ~ /\*\*\*Skipped|\*\*\*Not Run \(Disabled\)/) {
		if (!reported[number]) {
			skipped++
			if (!skip_seen[number])
				skips[++skip_count] = "skip " name \
				    ": ctest skipped it without a reason"
		}
	} else if (line ~ / Passed /) {
		if (!reported[number])
			passed++
	} else if (failures[number] == 0) {
		failed++
		bad[++bad_count] = "not ok " name ": " line
	}
}

END {
	printf "count %d %d %d\n", passed, failed, skipped
	for (i = 1; i <= skip_count; i++)
		print skips[i]
	for (i = 1; i <= bad_count; i++)
		print bad[i]
}
