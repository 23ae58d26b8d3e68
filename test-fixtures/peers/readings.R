# Rate ratios, elasticities, average marginal effects (delta method by hand, numDeriv's Jacobian), residuals and predictions of R's glm, glm.nb and lm.
# usage: Rscript readings.R > readings.json     (in test-fixtures/peers/)
suppressPackageStartupMessages({ library(MASS); library(numDeriv); library(sandwich); library(jsonlite) })
ctl <- glm.control(epsilon = 1e-14, maxit = 200)
ame <- function(b, V, X, inverse, cols) {
  f <- function(beta) sapply(cols, function(j) {
    if (all(X[, j] %in% 0:1)) { X1 <- X0 <- X; X1[, j] <- 1; X0[, j] <- 0; mean(inverse(X1 %*% beta) - inverse(X0 %*% beta)) }
    else mean(inverse(X %*% beta)) * beta[[j]] })
  J <- jacobian(f, b); list(estimate = f(b), se = sqrt(diag(J %*% V %*% t(J))))
}
d <- read.csv("../data/synth45.csv"); d$pair <- factor(d$pair)
few <- d[d$pair %in% levels(d$pair)[tapply(d$patents, d$pair, sum) > 0], ]; few$pair <- droplevels(few$pair)
show <- function(name, m, y, data, cl = NULL) {
  X <- model.matrix(m); b <- coef(m); cols <- match(c("lgdp", "lrd", "rta"), colnames(X))
  V <- if (is.null(cl)) vcov(m) else vcovCL(m, cluster = cl, cadjust = FALSE)
  a <- if (!inherits(m, "glm")) list(estimate = unname(b[cols]), se = unname(sqrt(diag(V))[cols])) else ame(b, V, X, exp, cols)
  list(name = name, terms = colnames(X)[cols], irr = unname(exp(b[cols])), irr_se = unname(exp(b[cols]) * sqrt(diag(V))[cols]), xbar = unname(colMeans(X)[cols]), ame = a$estimate, ame_se = a$se,
    pick = c(1, 7, 100, 350), fitted = unname(fitted(m)[c(1, 7, 100, 350)]), response = unname(residuals(m, "response")[c(1, 7, 100, 350)]),
    pearson = unname(residuals(m, "pearson")[c(1, 7, 100, 350)]), deviance = unname(residuals(m, "deviance")[c(1, 7, 100, 350)]))
}
f <- patents ~ lgdp + lrd + lprox + lcit + lmig + rta
pois <- glm(f, poisson, d, control = ctl); nb <- glm.nb(f, d, control = ctl)
fe <- glm(update(f, . ~ . + pair), poisson, few, control = ctl)
w <- 1 + (seq_len(nrow(d)) %% 3); weighted <- glm(f, poisson, d, weights = w, control = ctl)
nd <- transform(d[1:20, ], lgdp = lgdp + 1)
out <- list(R = R.version.string, results = list(show("poisson", pois), show("poisson clustered", pois, cl = d$pair), show("nb2", nb), show("poisson | pair", fe), show("poisson | pair clustered", fe, cl = few$pair), show("poisson weighted", weighted), show("ols", lm(f, d))),
  alpha = 1 / nb$theta, predict_link = unname(predict(pois, nd)), predict_response = unname(predict(pois, nd, type = "response")))
cat(toJSON(out, auto_unbox = TRUE, digits = I(15)), "\n")
