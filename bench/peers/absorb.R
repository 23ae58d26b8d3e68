# Times fixest, one thread, on one generated panel, data in memory (combined effects as ready integer columns).
# Usage: Rscript absorb.R FILE REPEATS CASE... -> one JSON line a case {name, first, best, coef}; "fepois 2": two effects.
args <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(fixest))
setFixest_nthreads(1)
setFixest_notes(FALSE)
d <- read.csv(args[1])
if ("e" %in% names(d)) {
  d$a <- as.integer(d$e * 10000L + d$t)
  d$b <- as.integer(d$m * 10000L + d$t)
  d$c <- as.integer(d$e * 10000L + d$m)
} else if ("w" %in% names(d)) {
  d$a <- d$w
  d$b <- d$f
  d$c <- d$t
}
d$ly <- log1p(d$y)
x <- paste(grep("^x[0-9]", names(d), value = TRUE), collapse = " + ")
for (name in args[-(1:2)]) {
  p <- strsplit(name, " ")[[1]]
  effects <- c("a", "b", "c")[seq_len(as.integer(p[2]))]
  bar <- if (length(effects) > 0) paste("|", paste(effects, collapse = " + "))
  f <- as.formula(paste(if (p[1] == "feols") "ly" else "y", "~", x, bar))
  t <- numeric(0)
  for (r in seq_len(as.integer(args[2]))) t[r] <- system.time(fit <- get(p[1])(f, data = d))[["elapsed"]]
  b <- coef(fit)[grep("^x", names(coef(fit)))]
  cat(sprintf('{"name":"%s","first":%.4f,"best":%.4f,"coef":[%s]}\n', name, t[1], min(t), paste(sprintf("%.17g", b), collapse = ",")))
}
