# Stochastic frontiers by R's frontier (Coelli, Henningsen; a port of FRONTIER 4.1) on its own data sets, which are written to ../data,
# and by sfaR (Dakpo, Desjeux, Henningsen, Latruffe) where it is installed. Run: Rscript frontier.R, from this folder.
.libPaths(c(Sys.getenv("R_LIBS_USER"), .libPaths()))
suppressMessages({ library(frontier); library(jsonlite) })
data(front41Data); data(riceProdPhil)
write.csv(format(front41Data, digits = 15, trim = TRUE), "../data/front41.csv", row.names = FALSE, quote = FALSE)
rice <- riceProdPhil[order(riceProdPhil$FMERCODE, riceProdPhil$YEARDUM), ]
write.csv(format(rice, digits = 15, trim = TRUE), "../data/rice.csv", row.names = FALSE, quote = FALSE)
front41 <- read.csv("../data/front41.csv"); rice <- read.csv("../data/rice.csv")
panel <- plm::pdata.frame(rice, index = c("FMERCODE", "YEARDUM"))
cobb <- log(PROD) ~ log(AREA) + log(LABOR) + log(NPK)
control <- list(tol = 1e-14, maxit = 10000)
take <- function(...) {
  fit <- do.call(sfa, c(list(...), control))
  list(coef = as.list(coef(fit)), se = as.list(sqrt(diag(vcov(fit)))), loglik = as.numeric(logLik(fit)),
       base = as.numeric(logLik(fit, which = "ols")),
       efficiency = as.numeric(na.omit(c(t(as.matrix(efficiencies(fit)))))))
}
# The log-likelihood of one u a row in closed form, with R's own pnorm: FRONTIER 4.1's normal distribution function has about 7 digits.
exact <- function(law, formula, data, start) {
  frame <- model.frame(formula, data); y <- model.response(frame); x <- model.matrix(formula, frame); k <- ncol(x)
  ll <- function(p) {
    e <- as.numeric(y - x %*% p[1:k]); sv <- exp(p[k + 1]); su <- exp(p[k + 2])
    if (law == "exponential")
      return(sum(-log(su) + e / su + sv^2 / (2 * su^2) + pnorm(-e / sv - sv / su, log.p = TRUE)))
    mu <- if (law == "truncated-normal") p[k + 3] else 0; s2 <- sv^2 + su^2
    sum(dnorm(e + mu, sd = sqrt(s2), log = TRUE) + pnorm((mu * sv^2 - e * su^2) / (su * sv * sqrt(s2)), log.p = TRUE) - pnorm(mu / su, log.p = TRUE))
  }
  fit <- optim(start, function(p) max(ll(p), -1e6, na.rm = TRUE), method = "Nelder-Mead", control = list(fnscale = -1, maxit = 20000, reltol = 1e-14))
  for (round in 1:12) {
    step <- tryCatch(solve(numDeriv::hessian(ll, fit$par), numDeriv::grad(ll, fit$par)), error = function(e) 0 * fit$par)
    if (is.finite(ll(fit$par - step)) && ll(fit$par - step) >= ll(fit$par) - 1e-12) fit$par <- fit$par - step
  }
  list(par = fit$par, loglik = ll(fit$par), gradient = max(abs(numDeriv::grad(ll, fit$par))))
}
start <- function(fit) { c <- unlist(fit$coef); s2 <- c[["sigmaSq"]]; g <- c[["gamma"]]
  c(c[seq_len(which(names(c) == "sigmaSq") - 1)], 0.5 * log(s2 * (1 - g)), 0.5 * log(s2 * g)) }
cases <- list(
  "front41 half-normal" = take(log(output) ~ log(capital) + log(labour), data = front41),
  "front41 truncated-normal" = take(log(output) ~ log(capital) + log(labour), data = front41, truncNorm = TRUE),
  "rice half-normal" = take(cobb, data = rice),
  "rice units" = take(cobb, data = panel),
  "rice decay" = take(cobb, data = panel, timeEffect = TRUE),
  "rice decay truncated-normal" = take(cobb, data = panel, timeEffect = TRUE, truncNorm = TRUE),
  "rice effects" = take(log(PROD) ~ log(AREA) + log(LABOR) + log(NPK) | EDYRS + BANRAT, data = rice)
)
out <- list(versions = list(R = as.character(getRversion()), frontier = as.character(packageVersion("frontier"))), frontier = cases)
out$closed <- list(
  "front41 half-normal" = exact("half-normal", log(output) ~ log(capital) + log(labour), front41, start(cases[[1]])),
  "front41 exponential" = exact("exponential", log(output) ~ log(capital) + log(labour), front41, start(cases[[1]]) - c(0.1, 0, 0, 0, 0.5)),
  "front41 truncated-normal" = exact("truncated-normal", log(output) ~ log(capital) + log(labour), front41, c(start(cases[[2]]), -2)),
  "rice half-normal" = exact("half-normal", cobb, rice, start(cases[[3]])),
  "rice exponential" = exact("exponential", cobb, rice, start(cases[[3]]) - c(0.1, 0, 0, 0, 0, 0.5))
)
if (requireNamespace("sfaR", quietly = TRUE)) {
  suppressMessages(library(sfaR))
  out$versions$sfaR <- as.character(packageVersion("sfaR"))
  one <- function(formula, data, udist) {
    # the search stops early in places: a second one from where the first has ended
    fit <- sfacross(formula, udist = udist, data = data, S = 1, method = "bfgs", itermax = 5000, tol = 1e-14, gradtol = 1e-10)
    fit <- sfacross(formula, udist = udist, data = data, S = 1, method = "nr", start = coef(fit), itermax = 5000, tol = 1e-16, gradtol = 1e-12)
    e <- efficiencies(fit)
    list(coef = as.list(coef(fit)), loglik = as.numeric(logLik(fit)), efficiency = e$teBC, inefficiency = e$u,
         lower = e$teBCLB, upper = e$teBCUB, gradient = max(abs(fit$gradient)))
  }
  out$sfaR <- list(
    "front41 half-normal" = one(log(output) ~ log(capital) + log(labour), front41, "hnormal"),
    "front41 exponential" = one(log(output) ~ log(capital) + log(labour), front41, "exponential"),
    "front41 truncated-normal" = one(log(output) ~ log(capital) + log(labour), front41, "tnormal"),
    "rice half-normal" = one(cobb, rice, "hnormal"),
    "rice exponential" = one(cobb, rice, "exponential")
  )
}
write_json(out, "frontier.json", digits = I(17), auto_unbox = TRUE, pretty = TRUE)
