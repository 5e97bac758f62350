# SPDX-License-Identifier: Apache-2.0
# cmake -DFILES=a;b -DOUTPUT=page_files.c -P embed.cmake: the files as one C table of name and bytes (src/report/page_files.h).
set(arrays "")
set(entries "")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "static const unsigned char file_${count}[] = {${bytes}0};\n") # ends in a 0 that its size leaves out
  string(APPEND entries "    {\"${name}\", (const char *)file_${count}, sizeof file_${count} - 1},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE "${OUTPUT}.new" "/* Made by cmake/embed.cmake. */\n#include \"report/page_files.h\"\n\n${arrays}\n"
  "const jk_page_file jk_page_files[] = {\n${entries}};\nconst size_t jk_page_file_count = ${count};\n")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
