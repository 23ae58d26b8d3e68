# The Hausman test with a bootstrapped covariance of the difference: whole units drawn with replacement, both models refitted in
# each draw. nb-fe/nb-re and poisson | unit / poisson-re: likelihoods and gradients written by hand, BFGS from the full-sample
# optimum in units of its standard errors. ols | unit / ols-re: plm, within and random (Swamy, Arora), on an unbalanced panel; its standard
# errors of ols-re also serve as the peer of gravpanel's bootstrap of ols-re.
# Rscript hausman-bootstrap.R data/ > hausman-bootstrap.json
suppressMessages(library(plm))
args <- commandArgs(TRUE)
dir <- if (length(args) > 0) args[1] else "../data/"
REPS <- if (length(args) > 1) as.integer(args[2]) else 2000

# Unit sums of rows sorted by unit.
sums <- function(last) function(v) diff(c(0, cumsum(v)[last]))

# A model: nll and gradient at parameters p and weights w of the units.
models <- function(y, X, g) {
  last <- cumsum(tabulate(g)); by <- sums(last); Y <- by(y); k <- ncol(X)
  lam <- function(p) exp(drop(X %*% p[1:k]))
  # Beyond exp(15) a difference of two lgamma values of λ loses its digits; the Poisson models have none.
  bounded <- function(p, Z, most) { e <- drop(Z %*% p[1:ncol(Z)]); all(is.finite(e)) && max(abs(e)) < most && all(abs(p) < 1e3) }
  guard <- function(f, Z = X, most = 15) function(p, w) if (bounded(p, Z, most)) f(p, w) else 1e12
  list(
    nbfe = list(start = rep(0, k), keep = 1:k,
      nll = guard(function(p, w) { l <- lam(p); L <- by(l)
        -sum(w * (Y > 0) * (lgamma(L) - lgamma(L + Y) + by(lgamma(l + y) - lgamma(l)))) }),
      gr = function(p, w) { l <- lam(p); L <- by(l); a <- digamma(L) - digamma(L + Y)
        -drop(crossprod(X, (w * (Y > 0))[g] * l * (a[g] + digamma(l + y) - digamma(l)))) }),
    nbre = list(start = c(rep(0, k), 0.5, 0.5), keep = 1:k,
      nll = guard(function(p, w) { l <- lam(p); L <- by(l); r <- exp(p[k + 1]); s <- exp(p[k + 2])
        -sum(w * (lgamma(r + s) + lgamma(r + L) + lgamma(s + Y) - lgamma(r) - lgamma(s) - lgamma(r + s + L + Y) +
                    by(lgamma(l + y) - lgamma(l)))) }),
      gr = function(p, w) { l <- lam(p); L <- by(l); r <- exp(p[k + 1]); s <- exp(p[k + 2]); d <- digamma(r + s + L + Y)
        a <- digamma(r + L) - d
        -c(drop(crossprod(X, w[g] * l * (a[g] + digamma(l + y) - digamma(l)))),
           r * sum(w * (digamma(r + s) + digamma(r + L) - digamma(r) - d)),
           s * sum(w * (digamma(r + s) + digamma(s + Y) - digamma(s) - d))) }),
    # The constant drops out: its column is left out.
    pfe = list(start = rep(0, k - 1), keep = 2:k,
      nll = guard(function(p, w) { e <- drop(X[, -1] %*% p); L <- by(exp(e)); -sum(w * (by(y * e) - Y * log(L))) }, X[, -1], 300),
      gr = function(p, w) { l <- exp(drop(X[, -1] %*% p)); L <- by(l); -drop(crossprod(X[, -1], w[g] * (y - (Y / L)[g] * l))) }),
    pre = list(start = c(log(mean(y)), rep(0, k - 1), 0), keep = 1:k,
      nll = guard(function(p, w) { e <- drop(X %*% p[1:k]); L <- by(exp(e)); a <- exp(-p[k + 1])
        -sum(w * (lgamma(a + Y) - lgamma(a) + a * log(a) - (a + Y) * log(a + L) + by(y * e))) }, X, 300),
      gr = function(p, w) { l <- lam(p); L <- by(l); a <- exp(-p[k + 1])
        -c(drop(crossprod(X, w[g] * (y - ((a + Y) / (a + L))[g] * l))),
           -a * sum(w * (digamma(a + Y) - digamma(a) + log(a) + 1 - log(a + L) - (a + Y) / (a + L)))) }))
}

fitter <- function(m, X, G) {
  one <- rep(1, G)
  b <- optim(m$start, m$nll, m$gr, w = one, method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))$par
  C <- t(chol(solve(optimHess(b, m$nll, m$gr, w = one))))
  fit <- function(w) {
    f <- list(par = rep(0, length(b)))
    for (i in 1:2)
      f <- optim(f$par, function(u) m$nll(b + drop(C %*% u), w), function(u) drop(crossprod(C, m$gr(b + drop(C %*% u), w))),
                 method = "BFGS", control = list(reltol = 1e-14, maxit = 300))
    at <- b + drop(C %*% f$par)
    if (f$convergence != 0 || sqrt(sum(crossprod(C, m$gr(at, w))^2)) > 1e-3) rep(NA, length(b)) else at
  }
  for (i in 1:3) b <- fit(one)
  list(b = b, fit = fit)
}

counts <- function(d, yname, x, unit, pair) {
  d <- d[order(d[[unit]]), ]
  g <- match(d[[unit]], unique(d[[unit]])); G <- max(g)
  X <- cbind(1, as.matrix(d[x])); k <- ncol(X)
  m <- models(d[[yname]], X, g)
  a <- fitter(m[[pair[1]]], X, G); b <- fitter(m[[pair[2]]], X, G)
  slopes <- function(p, name) if (name == "pfe") p[1:(k - 1)] else p[2:k]
  draws <- t(replicate(REPS, { w <- tabulate(sample.int(G, G, TRUE), G); slopes(a$fit(w), pair[1]) - slopes(b$fit(w), pair[2]) }))
  summarise(x, slopes(a$b, pair[1]), slopes(b$b, pair[2]), draws)
}

summarise <- function(terms, a, b, draws, re = NULL) {
  good <- complete.cases(draws); D <- draws[good, , drop = FALSE]
  V <- cov(D); d <- a - b; se <- apply(D, 2, sd)
  m4 <- apply(D, 2, function(v) mean((v - mean(v))^4))
  list(terms = terms, reps = REPS, failed = sum(!good), a = a, b = b, covariance = as.vector(V), se = se,
       mcse = sqrt((m4 - se^4) / sum(good)) / (2 * se), statistic = drop(d %*% solve(V, d)), re = re)
}

linear <- function(d, formula, unit, time) {
  ids <- unique(d[[unit]]); rows <- split(seq_len(nrow(d)), factor(d[[unit]], ids))
  both <- function(e) {
    p <- pdata.frame(e, index = c("copy", time))
    list(fe = coef(plm(formula, p, model = "within")), re = plm(formula, p, model = "random", random.method = "swar"))
  }
  full <- both(transform(d, copy = d[[unit]]))
  terms <- names(full$fe)
  every <- lapply(seq_len(REPS), function(r) {
    pick <- sample.int(length(ids), replace = TRUE)
    at <- rows[pick]
    e <- d[unlist(at), ]; e$copy <- rep(seq_along(pick), lengths(at))
    f <- tryCatch(both(e), error = function(e) NULL)
    if (is.null(f)) return(rep(NA, 2 * length(terms) + 1))
    c(f$fe[terms], coef(f$re))
  })
  every <- do.call(rbind, every)
  q <- length(terms)
  re <- every[complete.cases(every), q + seq_len(q + 1)]
  se <- apply(re, 2, sd); m4 <- apply(re, 2, function(v) mean((v - mean(v))^4))
  summarise(terms, full$fe, coef(full$re)[terms], every[, 1:q] - every[, q + 1 + 1:q],
            list(terms = names(coef(full$re)), estimate = coef(full$re), se = se, mcse = sqrt((m4 - se^4) / nrow(re)) / (2 * se)))
}

RNGkind("L'Ecuyer-CMRG"); set.seed(20190508)
synth <- read.csv(paste0(dir, "synth45.csv")); x <- c("lgdp", "lrd", "lprox", "lcit", "lmig", "rta")
empl <- read.csv(paste0(dir, "empluk.csv"))
found <- parallel::mclapply(1:3, mc.cores = 2, mc.preschedule = FALSE, function(i)
  if (i == 1) linear(empl, log(emp) ~ log(wage) + log(capital) + log(output), "firm", "year")
  else if (i == 2) counts(synth, "patents", x, "pair", c("nbfe", "nbre"))
  else counts(synth, "patents", x, "pair", c("pfe", "pre")))

num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
words <- function(v) paste0("[", paste0('"', v, '"', collapse = ","), "]")
one <- function(r) sprintf('{"terms":%s,"reps":%d,"failed":%d,"a":%s,"b":%s,"se":%s,"mcse":%s,"statistic":%.17g,"covariance":%s%s}',
  words(r$terms), r$reps, r$failed, num(r$a), num(r$b), num(r$se), num(r$mcse), r$statistic, num(r$covariance),
  if (is.null(r$re)) "" else sprintf(',"re":{"terms":%s,"estimate":%s,"se":%s,"mcse":%s}', words(r$re$terms), num(r$re$estimate), num(r$re$se), num(r$re$mcse)))
cat(sprintf('{\n"made":"%s, %s, plm %s",\n"ols":%s,\n"nb":%s,\n"poisson":%s\n}\n', format(Sys.Date()), R.version.string,
  packageVersion("plm"), one(found[[1]]), one(found[[2]]), one(found[[3]])))
