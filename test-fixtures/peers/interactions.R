# Marginal effects and elasticities of terms that stand in products, of R's glm and lm, by moving the data: differences of mean predictions, and
# their standard errors from a numerical gradient in the coefficients. Nothing here knows the derivative of a product.
# usage: Rscript interactions.R > interactions.json     (in test-fixtures/peers/; base R)
d <- read.csv("../data/synth45.csv")
f <- patents ~ lgdp + lrd * rta + lrd:lcit + lcit + lprox
gradient <- function(g, b, h = 1e-5) sapply(seq_along(b), function(j) { e <- replace(numeric(length(b)), j, h * max(1, abs(b[j]))); (g(b + e) - g(b - e)) / (2 * e[j]) })
se <- function(g, m) { G <- gradient(g, coef(m)); sqrt(drop(t(G) %*% vcov(m) %*% G)) }
X <- function(data) model.matrix(delete.response(terms(f)), data)
at <- function(data, name, value) { data[[name]] <- value; X(data) }
means <- as.data.frame(t(colMeans(d[c("lgdp", "lrd", "rta", "lcit", "lprox")])))
one <- function(model, m, inverse) {
  effect <- function(name) {
    h <- 1e-4
    if (all(d[[name]] %in% 0:1)) { A <- at(d, name, 1); B <- at(d, name, 0); w <- 1 } else { A <- at(d, name, d[[name]] + h); B <- at(d, name, d[[name]] - h); w <- 2 * h }
    function(b) (mean(inverse(A %*% b)) - mean(inverse(B %*% b))) / w
  }
  slope <- function(name) { h <- 1e-3; A <- at(means, name, means[[name]] + h); B <- at(means, name, means[[name]] - h); function(b) drop((A - B) %*% b) / (2 * h) }
  terms <- c("lgdp", "lrd", "rta", "lcit")
  num <- function(x) paste(sprintf("%.15g", x), collapse = ",")
  sprintf('{"model":"%s","terms":["%s"],"ame":[%s],"ame_se":[%s],"slope":[%s],"slope_se":[%s],"means":[%s]}', model, paste(terms, collapse = '","'),
    num(sapply(terms, function(t) effect(t)(coef(m)))), num(sapply(terms, function(t) se(effect(t), m))),
    num(sapply(terms, function(t) slope(t)(coef(m)))), num(sapply(terms, function(t) se(slope(t), m))), num(unlist(means[terms])))
}
cat(sprintf('{"R":"%s","formula":"%s","results":[\n%s,\n%s\n]}\n', as.character(getRversion()), paste(deparse(f), collapse = ""),
  one("poisson", glm(f, poisson, d, control = glm.control(epsilon = 1e-14, maxit = 200)), exp), one("ols", lm(f, d), identity)))
