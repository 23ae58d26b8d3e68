# Least squares with weights, an offset, and effects as factors: base R. usage: Rscript lm.R > lm.json (in test-fixtures/peers/)
# The test least-squares.test.ts also runs this file afresh where Rscript is found.
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ","), "]")
d <- read.csv("../data/synth45.csv")
d$w <- 1 + d$rta + 0.5 * d$contig
terms <- c("(Intercept)", "lgdp", "lrd", "lprox", "lcit", "lmig", "rta")
f <- patents ~ lgdp + lrd + lprox + lcit + lmig + rta
fits <- list(
  plain = lm(f, d),
  weights = lm(f, d, weights = w),
  offset = lm(f, d, offset = lprox),
  effects = lm(update(f, . ~ . + factor(pair)), d),
  "weighted effects" = lm(update(f, . ~ . + factor(pair) + factor(year)), d, weights = w))
out <- sapply(names(fits), function(name) {
  m <- fits[[name]]; keep <- intersect(if (grepl("effects", name)) terms[-1] else terms, names(coef(m))); s <- summary(m)
  sprintf('{"name":"%s","terms":[%s],"coef":%s,"se":%s,"t":%s,"p":%s,"loglik":%s,"df":%d,"r2":%s,"adj":%s}', name, paste(sprintf('"%s"', keep), collapse = ","),
    num(coef(m)[keep]), num(sqrt(diag(vcov(m)))[keep]), num(s$coefficients[keep, 3]), num(s$coefficients[keep, 4]), sprintf("%.17g", as.numeric(logLik(m))), m$df.residual, sprintf("%.17g", s$r.squared), sprintf("%.17g", s$adj.r.squared))
})
cat(sprintf('{"R":"%s","results":[\n%s]}\n', R.version.string, paste(out, collapse = ",\n")))
