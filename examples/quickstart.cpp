/* SPDX-License-Identifier: MIT */
#include <algorithm>
#include <iostream>
#include <memward.hpp>

struct key {
	unsigned char bytes[32];
};

int main()
try {
	/* Closed: its pages are without access but for scopes as below. */
	memward::ward ward(memward::policy().closed());
	memward::secret<key> key(ward);
	{
		auto open = key.write();

		std::fill_n(open->bytes, 32, 0x5a); /* read your key in here */
	}
	memward::secret_string password("correct horse", ward);
	password.append(" battery staple");
	/* On a locked stack of 16 KiB, which is wiped afterwards. */
	bool known = memward::call(ward, 16 * 1024,
	    [&] { return password == "correct horse battery staple"; });
	std::cout << (known ? "welcome\n" : "who are you?\n")
		  << memward::to_string(ward.report());
	return 0;
} catch (const memward::error &why) {
	std::cerr << why.what() << '\n'; /* why not, and what to do */
	return 1;
}
