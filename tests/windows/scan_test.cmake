# SPDX-License-Identifier: MIT
# memward scan on Windows: cmake -DTOOL=... -DFOLDER=... -P scan_test.cmake
# TOOL is a list: what runs it, and the tool. FOLDER may be written to.
set(passed 0)
set(failed 0)

# scan(NAME CODE WORDS ARGUMENT...): exit status, and words in all output.
macro(scan name code words)
  execute_process(COMMAND ${TOOL} scan ${ARGN} RESULT_VARIABLE result
    OUTPUT_VARIABLE out ERROR_VARIABLE err)
  string(FIND "${out}${err}" "${words}" found)
  if(result EQUAL ${code} AND found GREATER -1)
    message("ok ${name}")
    math(EXPR passed "${passed} + 1")
  else()
    message("not ok ${name}: exit status ${result}: ${out}${err}")
    math(EXPR failed "${failed} + 1")
  endif()
endmacro()

file(MAKE_DIRECTORY ${FOLDER})
string(REPEAT "0123456789abcdef" 40000 filling)
file(WRITE ${FOLDER}/secret "correct horse battery staple!\n")
file(WRITE ${FOLDER}/other "zebra crossing the 7th avenue!\n")
file(WRITE ${FOLDER}/searched
  "${filling}correct horse battery staple!${filling}")
set(file --file ${FOLDER}/searched)
scan(finds_a_secret_in_a_file 1 "640000  the secret, raw"
  --secret ${FOLDER}/secret ${file})
scan(does_not_find_another 0 "Not found" --secret ${FOLDER}/other ${file})
scan(finds_a_key 1 "Ed25519 private key, PKCS#8"
  --keys --file ${CORPUS}/keys/der-ed25519)
scan(reads_a_core_file 0 "Not found" --keys --core ${CORPUS}/core/whole-64-big)
scan(tells_of_a_truncated_core_file 2 "truncated"
  --keys --core ${CORPUS}/core/cut-in-header)
scan(refuses_a_folder 2 "is a directory" --keys --file ${FOLDER})
scan(refuses_processes 2 "cannot here" --keys --pid 1)
scan(refuses_programs 2 "cannot here" --keys -- cmd)
file(REMOVE_RECURSE ${FOLDER})
message("windows_scan_test: ${passed} passed, ${failed} failed, 0 skipped")
if(failed GREATER 0)
  message(FATAL_ERROR "it failed")
endif()
