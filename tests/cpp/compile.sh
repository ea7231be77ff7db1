#!/bin/sh
# SPDX-License-Identifier: MIT
# compile.sh COMPILER...: memward.hpp compiles without a warning as C++17 and as
# C++20. With the first of these compilers also each header alone; and what must
# not compile does not, for the reason that is expected.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tools/tally.sh"
include=$root/include

# compiles FLAG...: what is on the standard input.
compiles() {
    "$cxx" "-I$include" -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
        -Wold-style-cast -Werror "$@" -fsyntax-only -xc++ - > "$work/log" 2>&1
}

# header NAME STANDARD
header() {
    name="${cxx}_$2_$(echo "$1" | tr './' '__')"
    if echo "#include <$1>" | compiles "-std=c++$2"; then
        ok "$name"
    else
        not_ok "$name" "$(cat "$work/log")"
    fi
}

parts() {
    for part in $(cd "$include" && ls memward/*.hpp); do
        header "$part" 17
    done
    # A program may be built without type information.
    echo '#include <memward.hpp>' > "$work/plain"
    if compiles -std=c++17 -fno-rtti < "$work/plain"; then
        ok without_rtti
    else
        not_ok without_rtti "$(cat "$work/log")"
    fi
}

# body CODE: a program that has it.
body() {
    echo '#include <memward.hpp>'
    echo '#include <iostream>'
    echo '#include <string>'
    echo 'struct key { int a; };'
    echo 'struct fat { std::string a; };'
    echo "void body(memward::secret<key> &s, memward::secret_string &t,"
    echo "    memward::ward &w);"
    echo "void body(memward::secret<key> &s, memward::secret_string &t,"
    echo "    memward::ward &w) {"
    echo "(void)s; (void)t; (void)w; $1 }"
}

# refuses NAME WHY CODE: it does not compile, and the compiler says WHY.
refuses() {
    if body "$3" | compiles -std=c++17; then
        echo "it compiles" > "$work/log"
        not_ok "refuses_$1" "$(cat "$work/log")"
    elif grep -q -E "$2" "$work/log"; then
        ok "refuses_$1"
    else
        not_ok "refuses_$1" "$(cat "$work/log")"
    fi
}

# What is refused here is by its neighbour accepted.
refusals() {
    if body 'auto o = s.write(); o->a = (*o).a; auto u = std::move(s);
            (void)memward::secret<key>(w); memward::vector<int> v(w);
            auto r = t.read(); std::cout << r.view().size();
            memward::window open(w, MEMWARD_READ_ONLY);' |
        compiles -std=c++17; then
        ok accepts_what_is_right
    else
        not_ok accepts_what_is_right "$(cat "$work/log")"
    fi
    refuses copies 'deleted' 'auto u = s;'
    refuses copies_of_text 'deleted' 'auto u = t;'
    refuses printing 'deleted' 'std::cout << s;'
    refuses printing_text 'deleted' 'std::cout << t;'
    refuses a_reference_that_outlives_its_scope 'deleted' \
        'const key &k = *s.read(); (void)k;'
    refuses a_view_that_outlives_its_scope 'deleted' \
        'auto v = t.read().view(); (void)v;'
    refuses writing_while_reading 'read-only|const-qualified' \
        'auto o = s.read(); o->a = 1;'
    refuses windows_of_no_length 'nodiscard|unused' 's.write();'
    refuses types_with_destructors 'has to be trivial' \
        'memward::secret<fat> f;'
    refuses wards_that_end_with_the_statement 'deleted' \
        'memward::secret<key> k{memward::ward()};'
    refuses comparing_what_has_padding 'may differ in their bytes' \
        'struct gap { char a; int b; }; memward::secret<gap> a, b;
        (void)(a == b);'
    refuses references_from_a_stack_that_is_gone 'may be gone' \
        'memward::call(w, [&]() -> int & { static int i; return i; });'
    echo '#include <memward.hpp>' > "$work/plain"
    for flag in -fno-exceptions -std=c++14; do
        if ! compiles $flag < "$work/plain" &&
            grep -q 'memward.hpp needs' "$work/log"; then
            ok "says_what_it_needs$flag"
        else
            not_ok "says_what_it_needs$flag" "$(cat "$work/log")"
        fi
    done
}

looked=no
for cxx in "$@"; do
    if ! command -v "$cxx" > /dev/null; then
        skip "compile_$cxx" "it is not installed"
        continue
    fi
    header memward.hpp 17
    header memward.hpp 20
    if [ "$looked" = no ]; then
        parts
        refusals
    fi
    looked=yes
done
finish compile
