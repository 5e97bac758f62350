# SPDX-License-Identifier: Apache-2.0
# data.table's fread on a tape, two threads: values typed, dates included.     Rscript ingest.R T.csv THREADS
suppressMessages(library(data.table))
arguments <- commandArgs(TRUE)
setDTthreads(as.integer(arguments[2]))
best <- 1e9
for (i in 1:3) {
  best <- min(best, system.time(tape <- fread(arguments[1], showProgress = FALSE))[["elapsed"]])
}
cat(sprintf('{"program": "data.table fread", "threads": %s, "claims": %d, "seconds": %.6f}\n', arguments[2], nrow(tape), best))
