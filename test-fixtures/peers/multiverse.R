# Specification curves, units left out and moving windows, made another way: lm with dummies, a covariance by hand, every
# permutation enumerated, draws of R's own; fepois loops of fixest. Rscript multiverse.R data/ > multiverse.json
suppressMessages(library(fixest))
setFixest_nthreads(1); setFixest_notes(FALSE)
args <- commandArgs(TRUE)
dir <- if (length(args) > 0) args[1] else "../data/"

# --- curve: investment on firm value, 6 firms of Grunfeld; with and without capital, with and without firm effects, two errors.
g <- read.csv(paste0(dir, "grunfeld.csv"))
g <- g[g$firm <= 6, ]
forms <- list(c("value"), c("value", "capital"))
# By cluster of `id`: G/(G-1) (n-1)/(n-p), t with G - 1; by formula: t with n - p. p counts the firm dummies.
fit <- function(y, x, firm, id, cluster, factor) {
  X <- if (is.null(firm)) cbind(1, x) else cbind(x, model.matrix(~ 0 + factor(firm)))
  at <- if (is.null(firm)) 2 else 1
  q <- qr(X); b <- qr.coef(q, y); e <- y - drop(X %*% b); n <- length(y); p <- ncol(X)
  Q <- chol2inv(chol(crossprod(X)))
  if (!cluster) V <- Q * sum(e^2) / (n - p)
  else { S <- rowsum(X * e, id); V <- Q %*% crossprod(S) %*% Q * factor }
  c(b[at], sqrt(V[at, at]))
}
specs <- expand.grid(controls = 1:2, vcov = c("iid", "cluster"), effects = c(FALSE, TRUE), stringsAsFactors = FALSE)
curve <- function(d, x, id) t(sapply(seq_len(nrow(specs)), function(s) {
  p <- specs$controls[s] + if (specs$effects[s]) length(unique(d$firm)) else 1
  X <- cbind(x, if (specs$controls[s] == 2) d$capital)
  n <- nrow(d); G <- 6
  # The factor of the sample, also in its replicates.
  p0 <- specs$controls[s] + if (specs$effects[s]) 6 else 1
  fit(d$inv, X, if (specs$effects[s]) d$firm, id, specs$vcov[s] == "cluster", G / (G - 1) * (120 - 1) / (120 - p0))
}))
dfs <- sapply(seq_len(nrow(specs)), function(s)
  if (specs$vcov[s] == "cluster") 5 else 120 - specs$controls[s] - if (specs$effects[s]) 6 else 1)
z_of <- function(t) sign(t) * -qnorm(pt(-abs(t), dfs))
stats <- function(b, t, crit = qnorm(0.975)) {
  z <- z_of(t)
  c(abs(median(b)), max(sum(z >= crit), sum(z <= -crit)) / length(z), abs(sum(z)) / sqrt(length(z)))
}
own <- curve(g, g$value, g$firm)
observed <- stats(own[, 1], own[, 1] / own[, 2])

permutations <- function(v) if (length(v) == 1) list(v) else
  do.call(c, lapply(seq_along(v), function(i) lapply(permutations(v[-i]), function(r) c(v[i], r))))
history <- split(g$value, g$firm)
all <- sapply(permutations(1:6), function(o) { m <- curve(g, unlist(history[o]), g$firm); stats(m[, 1], m[, 1] / m[, 2]) })
exact <- rowMeans(all >= observed * (1 - 1e-9))

set.seed(7)
R <- 2000
boot <- replicate(R, {
  drawn <- sample(6, 6, TRUE)
  if (length(unique(drawn)) == 1) return(rep(NA, 3))
  d <- do.call(rbind, lapply(seq_along(drawn), function(i) cbind(g[g$firm == drawn[i], ], copy = i)))
  m <- curve(d, d$value, d$copy)
  stats(m[, 1] - own[, 1], (m[, 1] - own[, 1]) / m[, 2])
})
boot <- boot[, !is.na(boot[1, ])]
boots <- (1 + rowSums(boot >= observed * (1 - 1e-9))) / (1 + ncol(boot))

# --- synth45: FE Poisson without each pair, and NB2 by MASS without some; windows of 4 years.
s <- read.csv(paste0(dir, "synth45.csv"))
f <- patents ~ lgdp + lrd + lprox | pair
raw <- ssc(adj = FALSE, cluster.adj = FALSE)
whole <- fepois(f, s, vcov = "iid", ssc = raw, glm.tol = 1e-12, fixef.tol = 1e-11)
left <- t(sapply(sort(unique(s$pair)), function(i) coef(fepois(f, s[s$pair != i, ], glm.tol = 1e-12, fixef.tol = 1e-11))))
nb <- function(d) coef(MASS::glm.nb(patents ~ lgdp + lrd, d, control = glm.control(epsilon = 1e-12, maxit = 200)))
some <- c(1, 7, 20)
left_nb <- t(sapply(some, function(i) nb(s[s$pair != i, ])))
windows <- lapply(2001:2007, function(y) {
  m <- fepois(f, s[s$year >= y & s$year <= y + 3, ], vcov = ~pair, ssc = raw, glm.tol = 1e-12, fixef.tol = 1e-11)
  list(from = y, n = nobs(m), estimate = unname(coef(m)), se = unname(se(m)))
})

num <- function(v) formatC(v, digits = 17, format = "g", width = 1)
cat(jsonlite::toJSON(list(
  made = paste(format(Sys.Date()), R.version.string, "fixest", packageVersion("fixest"), "MASS", packageVersion("MASS")),
  curve = list(controls = specs$controls, vcov = specs$vcov, effects = specs$effects, estimate = own[, 1], se = own[, 2],
               observed = observed, permutations = ncol(all), exact = exact, reps = ncol(boot), bootstrap = boots),
  left_out = list(pair = sort(unique(s$pair)), whole = unname(coef(whole)), se = unname(se(whole)), estimate = unname(left),
                  nb_pair = some, nb = unname(left_nb)),
  windows = windows), digits = NA, auto_unbox = TRUE, pretty = FALSE), "\n")
