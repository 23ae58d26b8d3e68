# Random effects (Swamy-Arora) of R's plm: coefficients, covariance, variance components, cluster SEs, and Hausman tests against within.
# usage: Rscript random-effects.R > random-effects.json     (in test-fixtures/peers/; the data sets are plm's Grunfeld and EmplUK)
suppressPackageStartupMessages({ library(plm); library(jsonlite) })
sets <- list(
  grunfeld = list(csv = "grunfeld.csv", f = inv ~ value + capital, index = c("firm", "year"), keep = function(d) d),
  grunfeld_years = list(csv = "grunfeld.csv", f = inv ~ value + capital + factor(year), index = c("firm", "year"), keep = function(d) d),
  # every row whose firm * year leaves the remainder 0 or 3 modulo 7 is missing: firms of 13 to 17 years
  grunfeld_holes = list(csv = "grunfeld.csv", f = inv ~ value + capital, index = c("firm", "year"), keep = function(d) d[!((d$firm * d$year) %% 7 %in% c(0, 3)), ]),
  # sector never changes within a firm
  empluk = list(csv = "empluk.csv", f = log(emp) ~ log(wage) + log(capital) + log(output) + sector, index = c("firm", "year"), keep = function(d) d),
  empluk_1980 = list(csv = "empluk.csv", f = log(emp) ~ log(wage) + log(capital) + I(0 + (year == 1980)), index = c("firm", "year"), keep = function(d) d),
  rdus = list(csv = "patents_rdus.csv", f = patents ~ logr + logk + scisect, index = c("id", "year"), keep = function(d) d))
out <- lapply(names(sets), function(name) {
  s <- sets[[name]]; d <- s$keep(read.csv(file.path("../data", s$csv)))
  r <- plm(s$f, d, index = s$index, model = "random", random.method = "swar")
  w <- plm(s$f, d, index = s$index, model = "within")
  h <- phtest(w, r)
  theta <- as.numeric(ercomp(r)$theta)
  # the Gaussian log-likelihood at these coefficients and variances, from the covariance matrix of each unit itself
  s2 <- ercomp(r)$sigma2; X <- model.matrix(s$f, d); y <- model.response(model.frame(s$f, d)); e <- as.numeric(y - X %*% coef(r)[colnames(X)])
  ll <- sum(sapply(split(e, d[[s$index[1]]]), function(v) { V <- diag(s2[["idios"]], length(v)) + s2[["id"]]; -0.5 * (length(v) * log(2 * pi) + as.numeric(determinant(V)$modulus) + as.numeric(t(v) %*% solve(V, v))) }))
  hat <- as.numeric(X %*% coef(r)[colnames(X)]); id <- d[[s$index[1]]]
  list(name = name, csv = s$csv, index = s$index, n = nrow(d), units = length(unique(id)), terms = names(coef(r)), coef = unname(coef(r)), se = unname(sqrt(diag(vcov(r)))),
    se_cluster = unname(sqrt(diag(vcovHC(r, method = "arellano", type = "sss")))), sigma_u = sqrt(s2[["id"]]), sigma_e = sqrt(s2[["idios"]]),
    theta = range(theta), loglik = ll, within = cor(hat - ave(hat, id), y - ave(y, id))^2, between = cor(tapply(hat, id, mean), tapply(y, id, mean))^2, overall = cor(hat, y)^2,
    hausman = unname(h$statistic), hausman_df = unname(h$parameter), hausman_p = unname(h$p.value))
})
cat(toJSON(list(R = R.version.string, plm = as.character(packageVersion("plm")), results = out), auto_unbox = TRUE, digits = I(17), pretty = FALSE), "\n")
