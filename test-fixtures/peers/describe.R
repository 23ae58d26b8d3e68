# Peer results for descriptive tables: base R. xtsum's definitions: between = sd of unit means, within = sd of deviations (divisor n - 1).
# usage: Rscript describe.R > describe.json (in test-fixtures/peers/)
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ","), "]")
out <- character()
for (s in list(c("synth45", "pair", "patents", "lprox"), c("patents_rdus", "id", "patents", "logr"), c("ships", "ship", "accident", "lnservice"))) {
  d <- read.csv(paste0("../data/", s[1], ".csv")); u <- d[[s[2]]]
  for (v in s[3:4]) {
    x <- d[[v]]; m <- tapply(x, u, mean)
    out <- c(out, sprintf('{"data":"%s","unit":"%s","variable":"%s","stats":%s}', s[1], s[2], v,
      num(c(length(x), mean(x), sd(x), sd(m), sqrt(sum((x - m[as.character(u)])^2) / (length(x) - 1)), min(x), median(x), max(x)))))
  }
  t <- tapply(d[[s[3]]], u, sum); sh <- sort(t / sum(t), decreasing = TRUE); y <- tapply(d[[s[3]]], d$year, sum)
  out <- c(out, sprintf('{"data":"%s","unit":"%s","count":"%s","total":%s,"herfindahl":%s,"cr3":%s,"none":%d,"years":%s,"sums":%s}', s[1], s[2], s[3],
    sprintf("%.17g", sum(t)), sprintf("%.17g", sum(sh^2)), sprintf("%.17g", sum(sh[1:3])), sum(t == 0), num(as.numeric(names(y))), num(y)))
}
cat(sprintf('{"R":"%s","results":[\n%s]}\n', R.version.string, paste(out, collapse = ",\n")))
