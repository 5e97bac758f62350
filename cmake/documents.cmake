# SPDX-License-Identifier: Apache-2.0
# Man pages and completion, made by the program from its own tables of options.
set(documents ${PROJECT_BINARY_DIR}/documents)
file(STRINGS ${PROJECT_SOURCE_DIR}/src/cli/commands.c command_lines REGEX "^    &jk_command_")
set(manual_pages ${documents}/jalki.1)
set(manual_steps COMMAND jalki_program help --as man > ${documents}/jalki.1)
foreach(line IN LISTS command_lines)
  string(REGEX REPLACE "^    &jk_command_([a-z_]+),$" "\\1" command ${line})
  string(REPLACE "_" "-" command ${command})
  list(APPEND manual_pages ${documents}/jalki-${command}.1)
  list(APPEND manual_steps COMMAND jalki_program help ${command} --as man > ${documents}/jalki-${command}.1)
endforeach()
foreach(shell bash zsh fish)
  list(APPEND manual_steps COMMAND jalki_program completion ${shell} > ${documents}/jalki.${shell})
endforeach()
add_custom_command(OUTPUT ${manual_pages} ${documents}/jalki.bash ${documents}/jalki.zsh ${documents}/jalki.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${documents} ${manual_steps} DEPENDS jalki_program VERBATIM
  COMMENT "Man pages and completion")
add_custom_target(jalki_documents ALL DEPENDS ${manual_pages})

install(FILES ${manual_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${documents}/jalki.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME jalki)
install(FILES ${documents}/jalki.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _jalki)
install(FILES ${documents}/jalki.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
