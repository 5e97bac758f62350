# SPDX-License-Identifier: Apache-2.0
# Tapes and models.

epoch <- as.Date("1970-01-01")

# A column as R has values: factors, dates, amounts in currency units, NA where it is missing.
as_column <- function(column) {
  values <- column$values
  switch(column$type,
    text = values,
    enum = , dictionary = factor(values + 1L, levels = seq_along(column$words), labels = column$words),
    date = epoch + values,
    money = values / 100,
    values)
}

as_columns <- function(columns) {
  if (is.null(columns)) return(NULL)
  made <- lapply(columns, as_column)
  names(made) <- vapply(columns, function(column) column$name, "")
  structure(made, class = "data.frame", row.names = c(NA_integer_, -(if (length(made) > 0) length(made[[1]]) else 0L)))
}

#' A tape, or a panel of history: tape$rows, tape$claims, tape$cutoff, tape[["principal"]], as.data.frame(tape, columns = …).
jalki_open <- function(path) {
  opened <- .Call(C_jalki_open, path.expand(path))
  if (!is.null(opened$error)) {
    error <- opened$error
    key <- if (is.na(error$key)) "" else paste0(error$key, ": ")
    stop_with("jalki_failure", paste0(if (is.na(error$file)) "" else paste0(error$file, ": "), key, error$message), status = error$status,
              file = error$file, line = error$line, key = error$key, reason = error$message)
  }
  structure(list(opened), class = "jalki_tape")
}

facts_of <- function(tape) unclass(tape)[[1]]

`$.jalki_tape` <- function(x, name) {
  facts <- facts_of(x)
  if (name == "cutoff") return(if (is.na(facts$cutoff)) NA else epoch + facts$cutoff)
  if (!name %in% names(facts) || name == "pointer") stop(sprintf("a tape has no %s; it has path, kind, rows, claims, debtors, cutoff, sha256, columns", name), call. = FALSE)
  facts[[name]]
}

names.jalki_tape <- function(x) facts_of(x)$columns$name

`[[.jalki_tape` <- function(x, i) {
  facts <- facts_of(x)
  at <- match(i, facts$columns$name)
  if (is.na(at)) stop(sprintf("no column %s; there are %s", i, paste(facts$columns$name, collapse = ", ")), call. = FALSE)
  read <- .Call(C_jalki_read, facts$pointer, facts$columns$place[[at]])
  if (!is.null(read$error)) stop_with("jalki_failure", read$error$message, status = read$error$status, file = read$error$file, line = 0, key = i)
  as_column(c(list(name = i), read))
}

as.data.frame.jalki_tape <- function(x, row.names = NULL, optional = FALSE, columns = names(x), ...) {
  made <- lapply(columns, function(column) x[[column]])
  names(made) <- columns
  structure(made, class = "data.frame", row.names = c(NA_integer_, -as.integer(x$rows)))
}

print.jalki_tape <- function(x, ...) {
  cat(sprintf("<jalki %s %s: %s rows, %d columns>\n", x$kind, x$path, format(x$rows, big.mark = ","), length(names(x))))
  invisible(x)
}

#' A model file, and values that stand in the place of those in it: jalki_model_file("nordic.yaml", irr = 0.12), or keys as messages write
#' them, changes = list("segments[fi-bills].cost.hour" = 30). Nothing is read before a command runs with it; the file stays as it is.
jalki_model_file <- function(path, ..., changes = list()) {
  changes <- c(changes, list(...))
  structure(list(path = path.expand(path), changes = if (length(changes) > 0) paste0(names(changes), "=", vapply(changes, as_text, "")) else character()),
            class = "jalki_model")
}

print.jalki_model <- function(x, ...) {
  cat(sprintf("<jalki model %s>\n", paste(c(x$path, x$changes), collapse = ", ")))
  invisible(x)
}
