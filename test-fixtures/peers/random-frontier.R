# A frontier with a normal effect of the unit (Greene 2005) on the rice data: its likelihood written down here with R's own pnorm and the
# trapezoidal rule over +-9 sd of the effect, maximised by Newton steps on numeric derivatives, since no R package estimates it; and the
# normal random-effects model by maximum likelihood of nlme, on an outcome whose residuals are skewed to the right within units.
# Run: Rscript random-frontier.R, from this folder.
suppressMessages({ library(jsonlite); library(nlme); library(numDeriv) })
rice <- read.csv("../data/rice.csv")
y <- log(rice$PROD); x <- cbind(1, log(rice$AREA), log(rice$LABOR), log(rice$NPK)); unit <- rice$FMERCODE; k <- ncol(x)
grid <- seq(-9, 9, by = 0.03)
density_ <- function(law, e, sv, su) {
  if (law == "exponential") return(-log(su) + e / su + sv^2 / (2 * su^2) + pnorm(-e / sv - sv / su, log.p = TRUE))
  s <- sqrt(sv^2 + su^2); log(2) - log(s) + dnorm(e / s, log = TRUE) + pnorm(-e * su / (sv * s), log.p = TRUE)
}
ll <- function(law) function(p) {
  e <- as.numeric(y - x %*% p[1:k]); sv <- exp(p[k + 1]); sw <- exp(p[k + 2]); su <- exp(p[k + 3])
  rows <- matrix(density_(law, outer(e, sw * grid, "-"), sv, su), length(e))
  units <- sweep(rowsum(rows, unit), 2, dnorm(grid, log = TRUE) + log(0.03), "+"); top <- apply(units, 1, max)
  sum(top + log(rowSums(exp(units - top))))
}
maximise <- function(law, start) {
  f <- ll(law); p <- optim(start, f, method = "BFGS", control = list(fnscale = -1, maxit = 500, reltol = 1e-14))$par
  for (round in 1:4) { h <- hessian(f, p); p <- p - solve(h, grad(f, p)) }
  h <- hessian(f, p)
  list(par = p, se = sqrt(diag(solve(-h))), loglik = f(p), gradient = max(abs(grad(f, p))))
}
start <- c(-0.7, 0.45, 0.26, 0.25, log(0.2), log(0.2), log(0.3))
rice$ly <- -y; rice$la <- x[, 2]; rice$ll <- x[, 3]; rice$ln <- x[, 4]
fit <- lme(ly ~ la + ll + ln, random = ~ 1 | FMERCODE, data = rice, method = "ML", control = lmeControl(opt = "optim", reltol = 1e-15, msTol = 1e-14, tolerance = 1e-14, niterEM = 200))
out <- list(versions = list(R = as.character(getRversion()), nlme = as.character(packageVersion("nlme"))),
  "half-normal" = maximise("half-normal", start), exponential = maximise("exponential", start),
  nlme = list(coef = as.numeric(fixef(fit)), loglik = as.numeric(logLik(fit)), sigma_v = fit$sigma, sigma_w = as.numeric(sqrt(getVarCov(fit)))))
write_json(out, "random-frontier.json", digits = I(17), auto_unbox = TRUE, pretty = TRUE)
