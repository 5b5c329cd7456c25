# Two may want to read what git says on standard input, so it is read here, by the shell itself.
while IFS= read -r aios_line || [ -n "$aios_line" ]; do
  aios_input=$aios_input$aios_line$aios_newline
done
