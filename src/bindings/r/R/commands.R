# SPDX-License-Identifier: Apache-2.0
# The program's commands as functions. Names of options, their kinds and which are needed come from the program's own tables
# (`jalki help --as json`) when the package is loaded: an option that the program gets is an argument here at once.

left_out <- c("batch", "completion", "help", "merge", "replay", "version") # of use to a shell alone
own <- c("format", "json", "part", "partial", "quiet")                     # set here, or of use to a shell alone

# The name of a command or an option in R: max-rejects is max_rejects.
r_name <- function(name) gsub("[^a-z0-9]", "_", tolower(name))

# A value as the command line has it; numbers with all their digits.
as_text <- function(value) {
  if (inherits(value, "jalki_tape")) return(value$path)
  if (inherits(value, "jalki_model")) return(value$path)
  if (inherits(value, c("Date", "POSIXt"))) return(format(value, "%Y-%m-%d"))
  if (is.numeric(value)) return(format(value, digits = 17, trim = TRUE, scientific = abs(value) >= 1e15))
  if (is.logical(value)) return(tolower(as.character(value)))
  as.character(value)
}

# --name VALUE: numbers of a list have commas between, texts are given again; a named list gives KEY=VALUE.
as_arguments <- function(option, value) {
  name <- paste0("--", option$name)
  if (option$kind == "flag") return(if (isTRUE(value)) name else character())
  if (inherits(value, "jalki_model")) {
    return(c(paste0(name, "=", value$path), as.vector(rbind(rep("--set", length(value$changes)), value$changes))))
  }
  if (inherits(value, "jalki_tape")) return(paste0(name, "=", value$path))
  if (!is.null(names(value))) return(paste0(name, "=", names(value), "=", vapply(value, as_text, "")))
  texts <- vapply(seq_along(value), function(i) as_text(value[[i]]), "")
  if (is.numeric(value)) paste0(name, "=", paste(texts, collapse = ",")) else paste0(name, "=", texts)
}

stop_with <- function(class, message, ...) {
  stop(structure(class = c(class, "jalki_error", "error", "condition"), list(message = message, call = NULL, ...)))
}

show_progress <- function(stage, done, total) {
  cat(sprintf("\r%s: %d %%", stage, as.integer(100 * done / max(total, 1))), if (done >= total) "\n" else "", sep = "")
}

#' Runs a command with arguments as a shell would give them; see docs/r.md.
jalki_run <- function(command, arguments = character(), progress = NULL, per_claim = FALSE) {
  if (isTRUE(progress)) progress <- show_progress
  done <- .Call(C_jalki_run, c(command, as.character(arguments)), progress, isTRUE(per_claim))
  if (!is.null(done$error)) {
    error <- done$error
    place <- if (is.na(error$file)) "" else if (error$line > 0) sprintf("%s:%.0f: ", error$file, error$line) else paste0(error$file, ": ")
    key <- if (is.na(error$key)) "" else paste0(error$key, ": ")
    stop_with("jalki_failure", paste0(place, key, error$message), status = error$status, file = error$file, line = error$line,
              key = error$key, reason = error$message)
  }
  notes <- strsplit(done$notes, "\n", fixed = TRUE)[[1]]
  if (done$code == 2L) stop_with("jalki_usage_error", sub(paste0("^", command, ": "), "", sub("^jalki ", "", notes[[1]])))
  if (done$code != 0L) stop_with("jalki_failure", sub("^jalki: ", "", paste(notes, collapse = "\n")), status = "failure", file = NA, line = 0, key = NA)
  notes <- sub("^jalki: ", "", notes)
  for (note in notes[startsWith(notes, "warning: ")]) {
    warning(structure(class = c("jalki_note", "warning", "condition"), list(message = sub("^warning: ", "", note), call = NULL)))
  }
  result <- if (is.list(done$data)) done$data else list()
  structure(result, class = "jalki_result", command = command, text = done$text, notes = notes, per_claim = as_columns(done$per_claim))
}

# A function of a command: the operand first, then its options by name.
make_command <- function(command) {
  options <- Filter(function(option) !option$name %in% own, command$options)
  names(options) <- vapply(options, function(option) r_name(option$name), "")
  operand <- if (is.list(command$operand)) command$operand
  several <- !is.null(operand) && isTRUE(operand$several)
  needed <- alist(needed = ) # an argument without a default
  arguments <- list()
  if (!is.null(operand)) arguments[r_name(operand$name)] <- if (several || isTRUE(operand$needed)) needed else list(NULL)
  for (name in names(options)) {
    option <- options[[name]]
    if (isTRUE(option$needed)) arguments[name] <- needed
    else arguments[name] <- list(if (option$kind == "flag") FALSE else NULL)
  }
  arguments["progress"] <- list(NULL)
  if (command$name == "value") arguments[["per_claim"]] <- FALSE
  made <- function() {
    run_given(command, options, operand, mget(names(formals(sys.function())), envir = environment(), inherits = FALSE))
  }
  formals(made) <- as.pairlist(arguments)
  environment(made) <- list2env(list(command = command, options = options, operand = operand), parent = topenv())
  made
}

run_given <- function(command, options, operand, given) {
  line <- "--format=json"
  for (name in names(options)) if (!is.null(given[[name]])) line <- c(line, as_arguments(options[[name]], given[[name]]))
  operands <- if (is.null(operand)) NULL else given[[r_name(operand$name)]]
  if (inherits(operands, c("jalki_tape", "jalki_model"))) operands <- operands$path
  jalki_run(command$name, c(line, "--", vapply(operands, as_text, "")), given$progress, isTRUE(given$per_claim))
}

.onLoad <- function(libname, pkgname) {
  tables <- .Call(C_jalki_run, c("help", "--as", "json"), NULL, FALSE)$data
  space <- topenv()
  for (command in tables) if (!command$name %in% left_out) assign(paste0("jalki_", r_name(command$name)), make_command(command), envir = space)
}

# ---- results -------------------------------------------------------------------------------------------------------

is_rows <- function(value) {
  is.list(value) && length(value) > 0 && all(vapply(value, function(row) is.list(row) && !is.null(names(row)), NA))
}
is_figures <- function(value) {
  is_rows(value) && all(vapply(value, function(row) identical(names(row), names(value[[1]])) && !any(vapply(row, is.list, NA)), NA))
}

find_tables <- function(data, path = NULL) {
  found <- list()
  for (name in setdiff(names(data), "manifest")) {
    value <- data[[name]]
    full <- paste(c(path, name), collapse = ".")
    if (is_rows(value) && is.null(names(value))) found[[full]] <- value
    else if (!is.null(names(value)) && is_figures(value)) found[[full]] <- Map(function(key, row) c(list(name = key), row), names(value), value)
    else if (is.list(value) && !is.null(names(value))) found <- c(found, find_tables(value, full))
  }
  found
}

as_frame <- function(rows) {
  flat <- lapply(rows, function(row) flatten(row))
  columns <- unique(unlist(lapply(flat, names)))
  made <- lapply(columns, function(column) {
    cells <- lapply(flat, function(row) row[[column]])
    cells[vapply(cells, is.null, NA)] <- NA
    if (any(vapply(cells, function(cell) is.list(cell) || length(cell) != 1, NA))) I(unname(cells)) else unlist(cells, use.names = FALSE)
  })
  names(made) <- columns
  structure(made, class = "data.frame", row.names = c(NA_integer_, -length(rows)))
}

# Objects within a row as columns of their own: offer.bid.
flatten <- function(row, path = NULL) {
  made <- list()
  for (name in names(row)) {
    full <- paste(c(path, name), collapse = ".")
    if (is.list(row[[name]]) && !is.null(names(row[[name]]))) made <- c(made, flatten(row[[name]], full))
    else made[full] <- list(row[[name]])
  }
  made
}

#' Names of a result's lists of rows, those within others with dots between.
jalki_tables <- function(result) names(find_tables(unclass(result)))

#' One of them as a data frame: the named one, or `rows`, or the first that there is.
jalki_table <- function(result, table = NULL) {
  found <- find_tables(unclass(result))
  if (is.null(table)) table <- if ("rows" %in% names(found)) "rows" else if (length(found) > 0) names(found)[[1]] else ""
  if (!table %in% names(found)) {
    stop(sprintf("the result of %s has no table %s; it has %s", attr(result, "command"), table, paste(names(found), collapse = ", ")), call. = FALSE)
  }
  as_frame(found[[table]])
}

#' The results by claim of jalki_value(..., per_claim = TRUE), a data frame.
jalki_per_claim <- function(result) {
  made <- attr(result, "per_claim")
  if (is.null(made)) stop("no results by claim were kept; expected jalki_value(..., per_claim = TRUE)", call. = FALSE)
  made
}

as.data.frame.jalki_result <- function(x, ..., table = NULL) jalki_table(x, table)

print.jalki_result <- function(x, ...) {
  cat(sprintf("<jalki %s: %s>\n", attr(x, "command"), paste(names(x), collapse = ", ")))
  invisible(x)
}
