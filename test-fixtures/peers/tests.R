# Specification tests of R: lmtest (waldtest, lrtest, resettest), AER's dispersiontest and pscl's vuong by their formulas, Mundlak and
# sigmamore by hand on plm fits. usage: Rscript tests.R > tests.json     (in test-fixtures/peers/)
suppressPackageStartupMessages({ library(MASS); library(lmtest); library(sandwich); library(plm); library(jsonlite) })
ctl <- glm.control(epsilon = 1e-14, maxit = 200); out <- list(R = R.version.string, lmtest = as.character(packageVersion("lmtest")))
d <- read.csv("../data/synth45.csv"); f <- patents ~ lgdp + lrd + lprox + lcit + lmig + rta; less <- patents ~ lgdp + lprox + lcit + rta
wald <- function(b, V, names) { v <- V[names, names, drop = FALSE]; as.numeric(t(b[names]) %*% solve(v, b[names])) }
p <- glm(f, poisson, d, control = ctl); p0 <- glm(less, poisson, d, control = ctl); nb <- glm.nb(f, d, control = ctl); m <- lm(f, d)
CL <- function(x) vcovCL(x, cluster = d$pair, type = "HC0", cadjust = FALSE)
out$wald <- list(f = waldtest(lm(less, d), m, test = "F")$F[2], chisq = waldtest(p0, p, test = "Chisq")$Chisq[2], cluster = waldtest(p0, p, vcov = CL, test = "Chisq")$Chisq[2])
lr <- lrtest(p0, p); out$lr <- list(statistic = lr$Chisq[2], p = lr$`Pr(>Chisq)`[2])
l0 <- as.numeric(2 * (logLik(nb) - logLik(p))); out$alpha0 <- list(statistic = l0, p = pchisq(l0, 1, lower.tail = FALSE) / 2)
mu <- fitted(p); y <- d$patents; aux <- ((y - mu)^2 - y) / mu
a1 <- summary(lm(aux ~ 1))$coefficients; a2 <- summary(lm(aux ~ 0 + mu))$coefficients
out$dispersion <- list(nb1 = unname(a1[1, 1:3]), nb2 = unname(a2[1, 1:3]))
r <- resettest(m, power = 2:3, type = "fitted"); out$reset_lm <- list(f = unname(r$statistic), df = unname(r$parameter), p = unname(r$p.value))
e <- p$linear.predictors; pr <- glm(update(f, . ~ . + I((e - mean(e))^2) + I((e - mean(e))^3)), poisson, d, control = ctl)
nm <- tail(names(coef(pr)), 2); out$reset_poisson <- list(iid = wald(coef(pr), vcov(pr), nm), cluster = wald(coef(pr), CL(pr), nm))
late <- as.numeric(d$year >= 2006); x <- c("lgdp", "lrd", "lprox", "lcit", "lmig", "rta")
fi <- as.formula(paste("patents ~", paste(x, collapse = "+"), "+ late +", paste0("late:", x, collapse = "+")))
mi <- lm(fi, cbind(d, late)); pi <- glm(fi, poisson, cbind(d, late), control = ctl)
out$period <- list(lm = anova(lm(update(f, . ~ . + late), cbind(d, late)), mi)$F[2], poisson = wald(coef(pi), vcov(pi), grep(":", names(coef(pi)), value = TRUE)),
  cluster = wald(coef(pi), CL(pi), grep(":", names(coef(pi)), value = TRUE)))
# pscl::vuong on Poisson against Poisson with other regressors, and on NB2 against NB2: log-likelihoods of rows by dpois and dnbinom
vuong <- function(l1, l2, k1, k2) { m <- l1 - l2; n <- length(m); s <- sqrt(mean((m - mean(m))^2)); z <- function(c) (sum(m) - c) / (sqrt(n) * s)
  c(raw = z(0), aic = z(k1 - k2), bic = z((k1 - k2) * log(n) / 2)) }
g1 <- patents ~ lgdp + lrd + lprox; g2 <- patents ~ lcit + lmig
A <- glm(g1, poisson, d, control = ctl); B <- glm(g2, poisson, d, control = ctl); NA1 <- glm.nb(g1, d, control = ctl); NB1 <- glm.nb(g2, d, control = ctl)
out$vuong <- list(poisson = unname(vuong(dpois(y, fitted(A), log = TRUE), dpois(y, fitted(B), log = TRUE), 4, 3)),
  nb2 = unname(vuong(dnbinom(y, mu = fitted(NA1), size = NA1$theta, log = TRUE), dnbinom(y, mu = fitted(NB1), size = NB1$theta, log = TRUE), 5, 4)),
  ols = unname(vuong(dnorm(y, fitted(lm(g1, d)), sqrt(mean(residuals(lm(g1, d))^2)), log = TRUE), dnorm(y, fitted(lm(g2, d)), sqrt(mean(residuals(lm(g2, d))^2)), log = TRUE), 4, 3)))
# Hausman on Grunfeld and EmplUK: classic, one scale (the variance of the random-effects fit), Mundlak with classical and clustered covariance
haus <- function(f, d, index, slopes) {
  w <- plm(f, d, index = index, model = "within"); r <- plm(f, d, index = index, model = "random")
  q <- coef(w)[slopes] - coef(r)[slopes]; V <- function(c) c * vcov(w)[slopes, slopes] - vcov(r)[slopes, slopes]
  s2 <- function(m) sum(residuals(m)^2) / df.residual(m)
  id <- d[[index[1]]]; M <- sapply(slopes, function(v) ave(model.matrix(f, d)[, v], id)); colnames(M) <- paste0("m", seq_along(slopes))
  one <- list(classic = as.numeric(t(q) %*% solve(V(1), q)), common = as.numeric(t(q) %*% solve(V(s2(r) / s2(w)), q)), s2 = c(s2(w), s2(r)))
  if (!is.pbalanced(d, index = index)) return(one) # plm cannot invert the between matrix of x and mean(x) there
  rm <- plm(update(f, paste(". ~ . +", paste(colnames(M), collapse = "+"))), cbind(d, M), index = index, model = "random")
  c(one, list(mundlak = wald(coef(rm), vcov(rm), colnames(M)), mundlak_cluster = wald(coef(rm), vcovHC(rm, method = "arellano", type = "sss"), colnames(M))))
}
out$hausman <- list(grunfeld = haus(inv ~ value + capital, read.csv("../data/grunfeld.csv"), c("firm", "year"), c("value", "capital")),
  empluk = haus(log(emp) ~ log(wage) + log(capital) + log(output) + sector, read.csv("../data/empluk.csv"), c("firm", "year"), c("log(wage)", "log(capital)", "log(output)")))
cat(toJSON(out, auto_unbox = TRUE, digits = I(15)), "\n")
