/** The estimators of an exported R script, in base R. */
export const R_BASE = `
# ---- estimators: base R only; likelihoods as in gravpanel's docs/methods.md ----------------------------------------------
lagged <- function(x, k) x[match(paste(unit_, time_ - k, sep = "\\r"), paste(unit_, time_, sep = "\\r"))]
level_of <- function(...) interaction(..., drop = TRUE, lex.order = TRUE)

# Newton with step halving on standardised columns; Hessian analytic, or central differences of the analytic score.
maximise <- function(f, start) {
  hessian <- function(b, at) {
    if (!is.null(at$hessian)) return(at$hessian)
    H <- sapply(seq_along(b), function(j) {
      h <- 1e-5 * max(1, abs(b[j])); e <- replace(numeric(length(b)), j, h)
      (colSums(f(b + e)$scores) - colSums(f(b - e)$scores)) / (2 * h)
    })
    (H + t(H)) / 2
  }
  b <- start; at <- f(b)
  for (iteration in 1:200) {
    g <- colSums(at$scores); H <- hessian(b, at); e <- eigen(-H, symmetric = TRUE)
    step <- drop(e$vectors %*% (crossprod(e$vectors, g) / pmax(abs(e$values), 1e-10 * max(abs(e$values)))))
    if (sum(g * step) < 1e-16 && min(e$values) > 0) break
    size <- 1; repeat {
      try_ <- f(b + size * step)
      if (is.finite(try_$value) && try_$value >= at$value - 1e-12 * abs(at$value)) break
      size <- size / 2; if (size < 1e-12) break
    }
    if (size < 1e-12) break
    b <- b + size * step; at <- try_
  }
  list(coef = b, bread = solve(-hessian(b, at)), scores = at$scores, loglik = at$value)
}

poisson_ <- function(X, y, w, offset) {
  m <- glm.fit(X, y, weights = w, offset = offset, family = poisson(), control = glm.control(1e-14, 200))
  mu <- m$fitted.values
  list(coef = m$coefficients, bread = solve(crossprod(X * sqrt(w * mu))), scores = X * (w * (y - mu)))
}
ols_ <- function(X, y, w, offset) {
  bread <- solve(crossprod(X * sqrt(w))); b <- drop(bread %*% crossprod(X, w * (y - offset)))
  e <- drop(y - offset - X %*% b)
  list(coef = b, bread = bread, scores = X * (w * e), sigma2 = sum(w * e^2) / (length(y) - ncol(X)), e = e)
}
by_group <- function(S, id) rowsum(S, id, reorder = FALSE)
likelihood <- list(
  nb2 = function(X, y, w, offset, id) function(p) {
    k <- ncol(X); a <- exp(p[k + 1]); m <- 1 / a; mu <- exp(drop(X %*% p[1:k]) + offset); am <- 1 + a * mu
    da <- function(a) { m <- 1 / a; am <- 1 + a * mu
      a * ((log(am) - digamma(y + m) + digamma(m)) / a^2 + (y - mu) / (a * am)) }
    h <- 1e-5; d2 <- sum(w * (da(a * exp(h)) - da(a * exp(-h))) / (2 * h)); cross <- crossprod(X, -w * a * mu * (y - mu) / am^2)
    list(value = sum(w * (lgamma(y + m) - lgamma(m) - lgamma(y + 1) + y * log(a * mu) - (y + m) * log(am))),
         scores = cbind(X * (w * (y - mu) / am), w * da(a)),
         hessian = rbind(cbind(-crossprod(X * sqrt(w * mu * (1 + a * y)) / am), cross), c(cross, d2)))
  },
  nb1 = function(X, y, w, offset, id) function(p) {
    k <- ncol(X); d <- exp(p[k + 1]); s <- exp(drop(X %*% p[1:k]) + offset) / d
    q <- s * (digamma(y + s) - digamma(s) - log1p(d))
    list(value = sum(w * (lgamma(y + s) - lgamma(s) - lgamma(y + 1) - s * log1p(d) + y * (log(d) - log1p(d)))),
         scores = w * cbind(X * q, -q - s * d / (1 + d) + y - y * d / (1 + d)))
  },
  "nb-fe" = function(X, y, w, offset, id) { Y <- drop(by_group(y, id)); g <- match(id, unique(id)); function(p) {
    l <- exp(drop(X %*% p) + offset); L <- drop(by_group(l, id))
    list(value = sum(lgamma(L) + lgamma(Y + 1) - lgamma(L + Y)) + sum(lgamma(l + y) - lgamma(l) - lgamma(y + 1)),
         scores = by_group(X * (l * (digamma(L)[g] - digamma(L + Y)[g] + digamma(l + y) - digamma(l))), id))
  } },
  "nb-re" = function(X, y, w, offset, id) { Y <- drop(by_group(y, id)); g <- match(id, unique(id)); function(p) {
    k <- ncol(X); r <- exp(p[k + 1]); s <- exp(p[k + 2]); l <- exp(drop(X %*% p[1:k]) + offset); L <- drop(by_group(l, id))
    all <- digamma(r + s + L + Y)
    list(value = sum(lgamma(r + s) + lgamma(r + L) + lgamma(s + Y) - lgamma(r) - lgamma(s) - lgamma(r + s + L + Y)) +
           sum(lgamma(l + y) - lgamma(l) - lgamma(y + 1)),
         scores = cbind(by_group(X * (l * ((digamma(r + L) - all)[g] + digamma(l + y) - digamma(l))), id),
                        r * (digamma(r + s) + digamma(r + L) - digamma(r) - all), s * (digamma(r + s) + digamma(s + Y) - digamma(s) - all)))
  } },
  "poisson-re" = function(X, y, w, offset, id) { Y <- drop(by_group(y, id)); g <- match(id, unique(id)); function(p) {
    k <- ncol(X); t <- exp(-p[k + 1]); eta <- drop(X %*% p[1:k]) + offset; l <- exp(eta); L <- drop(by_group(l, id))
    list(value = sum(lgamma(t + Y) - lgamma(t) + t * log(t) - (t + Y) * log(t + L)) + sum(y * eta - lgamma(y + 1)),
         scores = cbind(by_group(X * (y - ((t + Y) / (t + L))[g] * l), id),
                        -t * (digamma(t + Y) - digamma(t) + log(t) + 1 - log(t + L) - (t + Y) / (t + L))))
  } })
# y = Xb + v - u; z: n x m regressors of the location of u (m = 0: none), d: distance to the last period (0: no decay).
frontier_ <- function(X, y, group, o, z, d) {
  k <- ncol(X); m <- ncol(z); unit <- if (o$inefficiency == "rows") seq_along(y) else match(group, unique(group))
  total <- function(v) rowsum(v, unit, reorder = FALSE); rows <- drop(total(rep(1, length(y)))); zu <- z[!duplicated(unit), , drop = FALSE]
  normal <- o$law != "exponential"; decays <- o$inefficiency == "decay"
  lower <- function(x) pnorm(x, log.p = TRUE) + x^2 / 2; kappa <- function(x) exp(dnorm(x, log = TRUE) - pnorm(x, log.p = TRUE)) + x
  likelihood <- function(p) {
    a <- p[k + 1]; b <- p[k + 2]; mu <- if (m > 0) drop(zu %*% p[k + 2 + seq_len(m)]) else 0; eta <- if (decays) p[length(p)] else 0
    e <- y - drop(X %*% p[1:k]); h <- exp(-eta * d); t <- exp(-2 * a); s <- exp(b)
    E <- drop(total(e^2)); H <- drop(total(h * e)); G <- drop(total(h^2)); p0 <- if (normal) 1 / s^2 else 0; q0 <- if (normal) mu / s^2 else -1 / s
    P <- p0 + G * t; N <- q0 - H * t; x <- N / sqrt(P); K <- kappa(x)
    constant <- if (normal) -rows / 2 * log(2 * pi) - b - lower(mu / s) else -(rows - 1) / 2 * log(2 * pi) - b
    by <- function(dN, dP) K * (dN / sqrt(P) - 0.5 * x * dP / P) - 0.5 * dP / P
    scores <- cbind(t * total(X * e) + K / sqrt(P) * t * total(X * h), -rows + E * t + by(2 * H * t, -2 * G * t),
      if (normal) -1 + kappa(mu / s) * mu / s + by(-2 * q0, -2 * p0) else -1 + by(-q0, 0))
    if (m > 0) scores <- cbind(scores, zu * (by(1 / s^2, 0) - kappa(mu / s) / s))
    if (decays) scores <- cbind(scores, by(t * drop(total(d * h * e)), -2 * t * drop(total(d * h^2))))
    list(value = sum(constant - rows * a - 0.5 * log(P) - 0.5 * E * t + lower(x)), scores = scores)
  }
  b <- qr.coef(qr(X), y); b[colnames(X) == "(Intercept)"] <- b[colnames(X) == "(Intercept)"] + 0.8 * o$start[2]
  found <- maximise(likelihood, unname(c(b, log(o$start[1:2]), o$start[-(1:2)])))
  found$coef <- found$coef[1:k]
  found
}
auxiliaries <- c(nb2 = 1, nb1 = 1, "nb-fe" = 0, "nb-re" = 2, "poisson-re" = 1)

ml_ <- function(model, X, y, w, offset, id) {
  scale <- sqrt(colMeans(X^2)); Z <- sweep(X, 2, scale, "/")
  start <- c(poisson_(X, y, w, offset)$coef * scale, rep(0, auxiliaries[[model]]))
  if (model == "nb-fe" || model == "nb-re") start[colnames(X) == "(Intercept)"] <- 0
  m <- maximise(likelihood[[model]](Z, y, w, offset, id), unname(start))
  k <- ncol(X); p <- length(m$coef); by <- c(1 / scale, rep(1, p - k))
  list(coef = m$coef[1:k] * by[1:k], bread = m$bread * outer(by, by), scores = sweep(m$scores, 2, by, "/"), loglik = m$loglik)
}

# iid: inverse of the negative Hessian; sandwiches from the scores; several clusters by inclusion and exclusion.
covariance <- function(m, type, clusters, factor, X, w) {
  meat <- function(id) crossprod(if (is.null(id)) m$scores else rowsum(m$scores, id))
  V <- if (type == "iid") m$bread * (if (is.null(m$sigma2)) 1 else m$sigma2)
  else if (type %in% c("hc2", "hc3")) {
    h <- rowSums((X %*% m$bread) * X) * w; u <- m$scores / (if (type == "hc2") sqrt(1 - h) else 1 - h)
    m$bread %*% crossprod(u) %*% m$bread
  } else if (type != "cluster") m$bread %*% meat(NULL) %*% m$bread
  else {
    sets <- unlist(lapply(seq_along(clusters), function(k) combn(length(clusters), k, simplify = FALSE)), recursive = FALSE)
    M <- Reduce("+", lapply(sets, function(s) (-1)^(length(s) + 1) * meat(as.integer(level_of(clusters[s])))))
    m$bread %*% M %*% m$bread
  }
  V * factor
}

results <- NULL
column <- function(id, number, model, y, x, intercept, use, vcov = "iid", clusters = list(), factor = 1, effects = list(),
                   offset = 0, weights = 1, means = list(), frontier = NULL, expected) {
  use <- which(use & complete.cases(do.call(data.frame, c(list(y), x))))
  pick <- function(v) if (length(v) == 1) rep(v, length(use)) else v[use]
  y <- pick(y); x <- lapply(x, pick); offset <- pick(offset); w <- pick(weights); clusters <- lapply(clusters, pick)
  effects <- lapply(effects, pick); group <- as.character(unit_[use])
  keep <- w > 0
  if (model == "nb-fe") keep <- keep & ave(y, group, FUN = sum) > 0 & ave(y, group, FUN = length) > 1
  if (model %in% c("poisson", "nb1", "nb2")) for (e in effects) keep <- keep & ave(y * keep, e, FUN = sum) > 0
  cut <- function(v) v[keep]
  y <- cut(y); x <- lapply(x, cut); offset <- cut(offset); w <- cut(w); group <- cut(group)
  clusters <- lapply(clusters, cut); effects <- lapply(effects, function(e) droplevels(as.factor(e[keep])))
  for (j in names(means)) x[[j]] <- ave(x[[j]], group)
  X <- do.call(cbind, c(if (intercept) list("(Intercept)" = rep(1, length(y))), x))
  if (length(effects)) {
    D <- do.call(cbind, lapply(seq_along(effects), function(i) { z <- model.matrix(~ e - 1, data.frame(e = effects[[i]])); if (i > 1) z[, -1, drop = FALSE] else z }))
    q <- qr(cbind(D, X), tol = 1e-9)
    D <- D[, intersect(q$pivot[seq_len(q$rank)], seq_len(ncol(D))), drop = FALSE]
    X <- cbind(X, D)
  }
  at_unit <- model %in% c("nb-fe", "nb-re", "poisson-re") || (model == "frontier" && frontier$inefficiency != "rows")
  m <- switch(model, ols = ols_(X, y, w, offset), poisson = poisson_(X, y, w, offset), frontier = {
    z <- matrix(as.numeric(unlist(lapply(frontier$z, function(v) cut(pick(v))))), length(y)); time <- cut(time_[use])
    frontier_(X, y - offset, group, frontier, z, if (frontier$inefficiency == "decay") time - ave(time, group, FUN = max) else 0 * y)
  }, ml_(model, X, y, w, offset, group))
  if (at_unit) clusters <- lapply(clusters, function(c) c[!duplicated(group)])
  V <- covariance(m, vcov, clusters, factor, X, w)
  shown <- seq_along(expected$term)
  out <- data.frame(model = id, column = number, term = expected$term, estimate = unname(m$coef)[shown],
                    se = sqrt(diag(V))[shown], gravpanel_estimate = expected$estimate, gravpanel_se = expected$se, nobs = length(y), gravpanel_nobs = expected$nobs)
  out$difference <- pmax(abs(out$estimate - out$gravpanel_estimate), abs(out$se - out$gravpanel_se)) / out$gravpanel_se
  cat(sprintf("%s (%d)  %s  N = %d  largest difference %.1e standard errors\n", id, number, model, length(y), max(out$difference)))
  results <<- rbind(results, out)
}
`;
