# Weighted least squares with an offset by R's lm, on fixture data. usage: Rscript ols.R > ols.json
num <- function(v) paste0("[", paste(sprintf("%.17g", v), collapse = ","), "]")
one <- function(data, y, xs, weights, offset) {
  d <- read.csv(file.path("..", "data", paste0(data, ".csv")))
  d$w_ <- if (weights == "") 1 else d[[weights]]
  d$o_ <- if (offset == "") 0 else d[[offset]]
  f <- lm(reformulate(c(xs, "offset(o_)"), y), data = d, weights = w_)
  s <- summary(f)
  sprintf('{"data":"%s","y":"%s","x":["%s"],"weights":"%s","offset":"%s","coef":%s,"se":%s,"loglik":%.17g}', data, y,
    paste(xs, collapse = '","'), weights, offset, num(coef(f)), num(s$coefficients[, 2]), as.numeric(logLik(f)))
}
cat(sprintf('{"R":"%s","results":[\n', R.version.string))
cat(paste(c(
  one("patents_rdus", "patents", c("logr", "dy71", "dy75", "dy79"), "", ""),
  one("patents_rdus", "patents", c("logr", "logk", "year"), "capital72", "rd"),
  one("synth45", "patents", c("lgdp", "lrd", "lprox", "lcit", "lmig", "rta", "ldist", "contig"), "ldist", "lcit"),
  one("ships", "accident", c("op_75_79", "co_65_69", "co_70_74", "co_75_79"), "service", "lnservice")
), collapse = ",\n"), "\n]}\n", sep = "")
