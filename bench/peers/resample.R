# Refits of drawn panels in R, one thread: Rscript resample.R synth45.csv WHICH REPS → "CPU seconds,replicates,failed" of the loop alone.
# pglm: the copied panel, method nr · optim: the conditional NB by hand, BFGS with its gradient, from the optimum, units as weights ·
# nlm: the same with its Newton method · fepois: fixest with unit effects, units as weights, one thread.
args <- commandArgs(TRUE)
d <- read.csv(args[1]); which <- args[2]; reps <- as.integer(args[3])
x <- c("lgdp", "lrd", "lprox", "lcit", "lmig", "rta")
d <- d[order(d$pair), ]
if (which != "fepois") d <- d[ave(d$patents, d$pair, FUN = sum) > 0, ]
g <- match(d$pair, unique(d$pair)); G <- max(g); rows <- split(seq_len(nrow(d)), g)
set.seed(1)
weights <- replicate(reps, tabulate(sample.int(G, G, TRUE), G), simplify = FALSE)

y <- d$patents; X <- cbind(1, as.matrix(d[x])); last <- cumsum(tabulate(g))
by <- function(v) diff(c(0, cumsum(v)[last])); Y <- by(y)
nll <- function(b, w) { l <- exp(drop(X %*% b)); L <- by(l); -sum(w * (lgamma(L) - lgamma(L + Y) + by(lgamma(l + y) - lgamma(l)))) }
gr <- function(b, w) { l <- exp(drop(X %*% b)); L <- by(l); a <- digamma(L) - digamma(L + Y)
  -drop(crossprod(X, w[g] * l * (a[g] + digamma(l + y) - digamma(l)))) }

fit <- switch(which,
  pglm = { suppressPackageStartupMessages(library(pglm))
    formula <- reformulate(x, "patents")
    function(w) {
      at <- rows[rep(seq_len(G), w)]
      # pglm looks its data up by name from outside.
      e <<- d[unlist(at), ]; e$copy <<- rep(seq_along(at), lengths(at))
      f <- tryCatch(suppressWarnings(eval(bquote(pglm(.(formula), data = e, family = negbin, model = "within", index = c("copy", "year"), method = "nr")))),
                    error = function(e) NULL)
      !is.null(f) && all(is.finite(coef(f)))
    } },
  optim = , nlm = {
    one <- rep(1, G)
    b <- optim(coef(glm(y ~ X - 1, family = poisson)) * c(0, rep(1, 6)), nll, gr, w = one, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000))$par
    C <- t(chol(solve(optimHess(b, nll, gr, w = one))))
    f <- function(u, w) nll(b + drop(C %*% u), w)
    h <- function(u, w) drop(crossprod(C, gr(b + drop(C %*% u), w)))
    if (which == "optim") function(w) optim(rep(0, 7), f, h, w = w, method = "BFGS", control = list(reltol = 1e-12))$convergence == 0
    else function(w) nlm(function(u) { v <- f(u, w); attr(v, "gradient") <- h(u, w); v }, rep(0, 7), check.analyticals = FALSE)$code <= 2
  },
  fepois = { suppressPackageStartupMessages(library(fixest)); setFixest_nthreads(1)
    formula <- as.formula(paste("patents ~", paste(x, collapse = " + "), "| pair"))
    function(w) {
      d$w <- w[g]
      f <- tryCatch(suppressMessages(fepois(formula, d[d$w > 0, ], weights = ~w, notes = FALSE, glm.tol = 1e-10)), error = function(e) NULL)
      !is.null(f)
    } })
good <- fit(weights[[1]])
start <- proc.time()
good <- vapply(weights, fit, TRUE)
used <- proc.time() - start
cat(used[["user.self"]] + used[["sys.self"]], reps, sum(!good), sep = ",")
