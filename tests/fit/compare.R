# SPDX-License-Identifier: Apache-2.0
# Rscript compare.R history.csv fit.csv: fits the rows of history.csv by glm(quasipoisson) and sandwich::vcovCL and compares
# estimates, standard errors clustered by debtor and dispersion with those of fit.csv, to six digits.
suppressPackageStartupMessages(library(sandwich))
paths <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(paths[1], colClasses = c(term_curve = "character"))
jalki <- read.csv(paths[2])
for (name in grep("^term_", names(rows), value = TRUE)) rows[[name]] <- factor(rows[[name]])
relevel_to <- function(f, reference) relevel(f, ref = reference)
for (name in c("term_employment", "term_default_marks", "term_class"))
  rows[[name]] <- relevel_to(rows[[name]], levels(rows[[name]])[grep("^0", levels(rows[[name]]))])
m <- glm(cash ~ 0 + term_curve + term_class + term_employment + term_default_marks, family = quasipoisson,
         offset = offset, data = rows, control = list(epsilon = 1e-13, maxit = 100))
errors <- sqrt(diag(vcovCL(m, cluster = rows$debtor, type = "HC0")))
estimates <- coef(m)
names(estimates) <- names(errors) <- sub("^term_(curve|class|employment|default_marks)", "", names(estimates))
worst <- 0
for (i in seq_len(nrow(jalki))) {
  name <- jalki$name[i]
  if (name == "dispersion") {
    there <- c(summary(m)$dispersion, 0)
  } else {
    there <- c(estimates[[name]], errors[[name]])
  }
  here <- c(jalki$estimate[i], jalki$std_error[i])
  worst <- max(worst, abs(here - there) / pmax(1, abs(there)))
}
if (nrow(jalki) - 1 != length(estimates)) stop("not as many estimates")
cat(sprintf("%d estimates, largest relative difference %.2g\n", length(estimates), worst))
if (worst > 1e-7) quit(status = 1)
