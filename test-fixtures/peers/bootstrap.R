# Pairs cluster bootstrap of the conditional NB of Hausman, Hall & Griliches (1984), written by hand in R: its own draws, its own
# likelihood and gradient, BFGS from the full-sample optimum in units of its standard errors. Standard errors of 2,000 replicates with their Monte Carlo error.
# Also: percentile, basic and BCa intervals of package boot on an OLS example, with the replicates they were made from.
# Rscript bootstrap.R data/ > bootstrap.json
suppressMessages(library(boot))
args <- commandArgs(TRUE)
dir <- if (length(args) > 0) args[1] else "../data/"

hhg <- function(d, y, x, group) {
  y <- d[[y]]; g <- d[[group]]
  total <- ave(y, g, FUN = sum); size <- ave(y, g, FUN = length)
  keep <- which(total > 0 & size > 1)
  keep <- keep[order(g[keep])]
  y <- y[keep]; X <- cbind(1, as.matrix(d[keep, x])); g <- match(g[keep], unique(g[keep]))
  G <- max(g); last <- cumsum(tabulate(g, G))
  by_group <- function(v) diff(c(0, cumsum(v)[last]))
  Y <- by_group(y)
  # What does not depend on the parameters: lnΓ(Y + 1) − Σ lnΓ(y + 1).
  constant <- lgamma(Y + 1) - by_group(lgamma(y + 1))
  nll <- function(b, w) {
    e <- drop(X %*% b)
    # Beyond exp(15) a difference of two lgamma values loses its digits, and a search runs off to a false maximum there.
    if (!all(is.finite(e)) || max(abs(e)) > 15) return(1e12)
    l <- exp(e); L <- by_group(l)
    -sum(w * (constant + lgamma(L) - lgamma(L + Y) + by_group(lgamma(l + y) - lgamma(l))))
  }
  gr <- function(b, w) {
    l <- exp(pmax(-15, pmin(15, drop(X %*% b)))); L <- by_group(l)
    common <- digamma(L) - digamma(L + Y)
    -drop(crossprod(X, w[g] * l * (common[g] + digamma(l + y) - digamma(l))))
  }
  # At the full-sample optimum b the search is in units of its standard errors: b + C u.
  b <- optim(coef(glm(y ~ X - 1, family = poisson)) * c(0, rep(1, length(x))), nll, gr, w = rep(1, G), method = "BFGS",
             control = list(reltol = 1e-15, maxit = 1000))$par
  C <- t(chol(solve(optimHess(b, nll, gr, w = rep(1, G)))))
  fit <- function(w) {
    m <- optim(rep(0, length(b)), function(u) nll(b + C %*% u, w), function(u) drop(crossprod(C, gr(b + C %*% u, w))),
               method = "BFGS", control = list(reltol = 1e-14, maxit = 200))
    at <- drop(b + C %*% m$par)
    if (m$convergence != 0 || sqrt(sum(crossprod(C, gr(at, w))^2)) > 1e-3) rep(NA, length(b)) else at
  }
  b <- fit(rep(1, G))
  draws <- t(replicate(2000, fit(tabulate(sample.int(G, G, TRUE), G))))
  good <- complete.cases(draws)
  se <- apply(draws[good, ], 2, sd)
  m4 <- apply(draws[good, ], 2, function(v) mean((v - mean(v))^4))
  list(terms = c("(Intercept)", x), groups = G, estimate = b, reps = 2000, failed = sum(!good), se = se,
       mcse = sqrt((m4 - se^4) / sum(good)) / (2 * se),
       lower = apply(draws[good, ], 2, quantile, 0.025, type = 6), upper = apply(draws[good, ], 2, quantile, 0.975, type = 6))
}

RNGkind("L'Ecuyer-CMRG")
set.seed(20190508)
synth <- read.csv(paste0(dir, "synth45.csv"))
rdus <- read.csv(paste0(dir, "patents_rdus.csv"))
both <- parallel::mclapply(1:2, mc.cores = 2, function(i)
  if (i == 1) hhg(synth, "patents", c("lgdp", "lrd", "lprox", "lcit", "lmig", "rta"), "pair")
  else hhg(rdus, "patents", c("logr", "scisect"), "cusip"))
a <- both[[1]]; b <- both[[2]]

# boot on rows: each row a cluster of its own.
ships <- mtcars[, c("mpg", "wt", "hp")]
slope <- function(d, i) coef(lm(mpg ~ wt + hp, d[i, ]))
rows <- boot(ships, slope, R = 999)
ci <- lapply(1:3, function(j) {
  L <- empinf(rows, index = j, type = "jack")
  all <- boot.ci(rows, index = j, type = c("perc", "basic", "bca"), L = L)
  list(L = L, percentile = all$percent[4:5], basic = all$basic[4:5], bca = all$bca[4:5])
})

num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(r) sprintf('{"terms":[%s],"groups":%d,"reps":%d,"failed":%d,"estimate":%s,"se":%s,"mcse":%s,"lower":%s,"upper":%s}',
  paste0('"', r$terms, '"', collapse = ","), r$groups, r$reps, r$failed, num(r$estimate), num(r$se), num(r$mcse), num(r$lower), num(r$upper))
cat(sprintf('{\n"made":"%s, %s, boot %s",\n"synth45":%s,\n"patents_rdus":%s,\n"mtcars":{"mpg":%s,"wt":%s,"hp":%s,"t0":%s,"t":[%s],"ci":[%s]}\n}\n',
  format(Sys.Date()), R.version.string, packageVersion("boot"), one(a), one(b),
  num(ships$mpg), num(ships$wt), num(ships$hp), num(rows$t0),
  paste(apply(rows$t, 2, num), collapse = ",\n"),
  paste(sapply(ci, function(c) sprintf('{"L":%s,"percentile":%s,"basic":%s,"bca":%s}', num(c$L), num(c$percentile), num(c$basic), num(c$bca))), collapse = ",\n")))
