# Further peer results for --like: two-way and robust errors of count models, NB2 with effects, hc2 and hc3 of fixest.
# usage: Rscript presets-more.R > presets-more.json     (in test-fixtures/peers/; fixest, sandwich, MASS)
suppressPackageStartupMessages({ library(MASS); library(sandwich); library(fixest) }); setFixest_nthreads(1); setFixest_notes(FALSE)
num <- function(x) paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse = ","), "]")
entries <- character()
add <- function(tool, model, vcov, formula, coef, se, data = "synth45") entries[length(entries) + 1] <<- sprintf(
  "{\"data\":\"%s\",\"tool\":\"%s\",\"model\":\"%s\",\"vcov\":\"%s\",\"formula\":\"%s\",\"terms\":[%s],\"coef\":%s,\"se\":%s,\"loglik\":null}",
  data, tool, model, vcov, formula, paste(sprintf("\"%s\"", names(coef)), collapse = ","), num(coef), num(se))
d <- read.csv("../data/synth45.csv"); f <- "patents ~ lgdp + lrd + lprox + lcit + lmig + rta"; se <- function(V) sqrt(diag(V))
q <- glm(as.formula(f), poisson, d, control = glm.control(epsilon = 1e-14, maxit = 100)); m <- lm(as.formula(f), d)
add("sandwich", "poisson", "hc1", f, coef(q), se(vcovHC(q, type = "HC1")))
add("sandwich", "poisson", "cluster:pair+year", f, coef(q), se(vcovCL(q, cluster = d[c("pair", "year")])))
add("sandwich", "ols", "cluster:pair^year", f, coef(m), se(vcovCL(m, cluster = interaction(d$pair, d$year))))
nb <- glm.nb(as.formula(f), d, control = glm.control(epsilon = 1e-14, maxit = 100))
add("sandwich", "nb2", "hc0", f, coef(nb), se(vcovHC(nb, type = "HC0"))); add("sandwich", "nb2", "cluster:pair", f, coef(nb), se(vcovCL(nb, cluster = d$pair)))
add("sandwich", "nb2", "cluster:pair, no factor", f, coef(nb), se(vcovCL(nb, cluster = d$pair, cadjust = FALSE)))
x2 <- paste(f, "| pair + year"); fe <- paste(f, "| pair"); py <- paste(f, "| year")
for (v in list(list("iid", "iid"), list("hc1", "hetero"), list("cluster:pair", ~pair), list("cluster:pair+year", ~pair + year), list("cluster:pair^year", ~pair^year))) {
  for (g in list(py, x2)) {
    a <- feols(as.formula(g), d, vcov = v[[2]], fixef.tol = 1e-11); add("feols", "ols", v[[1]], g, coef(a), fixest::se(a))
    a <- fepois(as.formula(g), d, vcov = v[[2]], glm.tol = 1e-12, fixef.tol = 1e-11); add("fepois", "poisson", v[[1]], g, coef(a), fixest::se(a))
  }
  for (g in list(f, py, fe)) { a <- tryCatch(fenegbin(as.formula(g), d, vcov = v[[2]], theta.init = 2), error = function(e) NULL)
    if (!is.null(a)) { b <- coef(a); b <- b[names(b) != ".theta"]; add("fenegbin", "nb2", v[[1]], g, b, fixest::se(a)[names(b)]) } }
}
a <- feols(as.formula(paste(f, "| i + j + year")), d, vcov = ~ i, fixef.tol = 1e-11); add("feols", "ols", "cluster:i", paste(f, "| i + j + year"), coef(a), fixest::se(a))
a <- feols(as.formula(paste(f, "| pair + year")), d, vcov = ~ i, fixef.tol = 1e-11); add("feols", "ols", "cluster:i", paste(f, "| pair + year"), coef(a), fixest::se(a))
a <- feols(as.formula(paste(f, "| pair + i")), d, vcov = ~ i, fixef.tol = 1e-11); add("feols", "ols", "cluster:i", paste(f, "| pair + i"), coef(a), fixest::se(a))
for (h in c("hc2", "hc3")) { a <- tryCatch(feols(as.formula(f), d, vcov = h), error = function(e) NULL); if (!is.null(a)) add("feols", "ols", h, f, coef(a), fixest::se(a)) }
cat(sprintf("{\"R\":\"%s\",\"packages\":{\"fixest\":\"%s\",\"sandwich\":\"%s\"},\"results\":[\n%s]}\n", getRversion(), packageVersion("fixest"), packageVersion("sandwich"), paste(entries, collapse = ",\n")))
