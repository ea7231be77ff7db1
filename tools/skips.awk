# SPDX-License-Identifier: MIT
# Reads lines "STAGE<tab>TEST: REASON" and tells each reason once, with the
# stages it held in, how often, and the tests it kept from running.
BEGIN {
	FS = "\t"
}

# Appends word to list, unless it is there.
function with(list, word) {
	if (index(" " list " ", " " word " "))
		return list
	return list == "" ? word : list " " word
}

# Prints words, indented, in lines of at most 78 characters.
function wrap(indent, words,    count, part, i, line) {
	count = split(words, part, " ")
	line = indent
	for (i = 1; i <= count; i++) {
		if (line != indent && length(line) + length(part[i]) > 77) {
			print line
			line = indent
		}
		line = line (line == indent ? "" : " ") part[i]
	}
	print line
}

{
	at = index($2, ": ")
	test = substr($2, 1, at - 1)
	reason = substr($2, at + 2)
	if (!(reason in times))
		order[++reasons] = reason
	times[reason]++
	stages[reason] = with(stages[reason], $1)
	tests[reason] = with(tests[reason], test)
}

END {
	for (i = 1; i <= reasons; i++) {
		reason = order[i]
		wrap("  ", reason " [" stages[reason] ": " times[reason] "]")
		wrap("      ", tests[reason])
	}
}
