# Peer results for the --like presets and the peers matrix: base R, MASS, sandwich, fixest, plm and pglm on the fixture data.
# usage: R_LIBS=DIR_WITH_FIXEST Rscript presets.R OUT.json     (run in test-fixtures/; versions are in the output)
# Numbers carry 17 digits. Nothing here is used to make gravpanel's own results.
`%||%` <- function(a, b) if (is.null(a)) b else a
suppressPackageStartupMessages({ library(MASS); library(sandwich); library(fixest); library(plm); library(pglm) })
setFixest_nthreads(1)
out <- commandArgs(TRUE)[1]
num <- function(x) paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse = ","), "]")
entries <- character()
add <- function(data, tool, model, vcov, formula, coef, se, loglik = NA, extra = "") {
  names <- paste0("[", paste(sprintf("\"%s\"", names(coef)), collapse = ","), "]")
  entries[length(entries) + 1] <<- sprintf(
    "{\"data\":\"%s\",\"tool\":\"%s\",\"model\":\"%s\",\"vcov\":\"%s\",\"formula\":\"%s\",\"terms\":%s,\"coef\":%s,\"se\":%s,\"loglik\":%s%s}",
    data, tool, model, vcov, formula, names, num(coef), num(se), if (is.finite(loglik)) sprintf("%.17g", loglik) else "null", extra)
}
sets <- list(
  patents75 = list(f = "data/patents75.csv", y = "patents", x = "logr0 + logr1 + logr2 + logr3 + logr4 + logr5 + dy76 + dy77 + dy78 + dy79", id = "id", time = "year"),
  synth45 = list(f = "data/synth45.csv", y = "patents", x = "lgdp + lrd + lprox + lcit + lmig + rta", id = "pair", time = "year"),
  patents_rdus = list(f = "data/patents_rdus.csv", y = "patents", x = "logr + dy71 + dy72 + dy73 + dy74 + dy75 + dy76 + dy77 + dy78 + dy79", id = "id", time = "year"))
tight <- glm.control(epsilon = 1e-14, maxit = 100)
for (s in names(sets)) {
  p <- sets[[s]]; d <- read.csv(p$f); fml <- paste(p$y, "~", p$x); g <- d[[p$id]]
  m <- lm(as.formula(fml), d)
  add(s, "lm", "ols", "iid", fml, coef(m), sqrt(diag(vcov(m))), as.numeric(logLik(m)))
  for (h in c("HC0", "HC1", "HC2", "HC3")) add(s, "sandwich", "ols", tolower(h), fml, coef(m), sqrt(diag(vcovHC(m, type = h))))
  add(s, "sandwich", "ols", paste0("cluster:", p$id), fml, coef(m), sqrt(diag(vcovCL(m, cluster = g))))
  add(s, "sandwich", "ols", paste0("cluster:", p$id, "+", p$time), fml, coef(m), sqrt(diag(vcovCL(m, cluster = d[c(p$id, p$time)]))))
  q <- glm(as.formula(fml), poisson, d, control = tight)
  add(s, "glm", "poisson", "iid", fml, coef(q), sqrt(diag(vcov(q))), as.numeric(logLik(q)))
  add(s, "sandwich", "poisson", "hc0", fml, coef(q), sqrt(diag(vcovHC(q, type = "HC0"))))
  add(s, "sandwich", "poisson", paste0("cluster:", p$id), fml, coef(q), sqrt(diag(vcovCL(q, cluster = g))))
  nb <- glm.nb(as.formula(fml), d, control = tight)
  add(s, "glm.nb", "nb2", "iid", fml, coef(nb), sqrt(diag(vcov(nb))), as.numeric(logLik(nb)), sprintf(",\"alpha\":%.17g", 1 / nb$theta))
  fe <- paste(p$y, "~", p$x, "|", p$id)
  for (k in list(list("iid", "iid"), list("hc1", "hetero"), list(paste0("cluster:", p$id), as.formula(paste("~", p$id))),
                 list(paste0("cluster:", p$id, "+", p$time), as.formula(paste("~", p$id, "+", p$time))))) {
    a <- feols(as.formula(fml), d, vcov = k[[2]], notes = FALSE); add(s, "feols", "ols", k[[1]], fml, coef(a), se(a), as.numeric(logLik(a)))
    a <- feols(as.formula(fe), d, vcov = k[[2]], notes = FALSE, fixef.tol = 1e-11); add(s, "feols", "ols", k[[1]], fe, coef(a), se(a), as.numeric(logLik(a)))
    a <- fepois(as.formula(fml), d, vcov = k[[2]], notes = FALSE, glm.tol = 1e-12); add(s, "fepois", "poisson", k[[1]], fml, coef(a), se(a), as.numeric(logLik(a)))
    a <- fepois(as.formula(fe), d, vcov = k[[2]], notes = FALSE, glm.tol = 1e-12, fixef.tol = 1e-11); add(s, "fepois", "poisson", k[[1]], fe, coef(a), se(a), as.numeric(logLik(a)), sprintf(",\"nobs\":%d", a$nobs))
  }
  a <- tryCatch(fenegbin(as.formula(fml), d, vcov = "iid", notes = FALSE), error = function(e) NULL)
  if (!is.null(a)) { th <- a$theta; b <- coef(a); b <- b[names(b) != ".theta"]; add(s, "fenegbin", "nb2", "iid", fml, b, se(a)[names(b)], as.numeric(logLik(a)), sprintf(",\"alpha\":%.17g", 1 / th)) }
  pd <- pdata.frame(d, c(p$id, p$time))
  r <- tryCatch(plm(as.formula(fml), pd, model = "random"), error = function(e) NULL)
  if (!is.null(r)) add(s, "plm", "ols-re", "iid", fml, coef(r), sqrt(diag(vcov(r))), NA, sprintf(",\"sigma2\":%s", num(unlist(r$ercomp$sigma2))))
  for (e in list(list("nb-fe", "within", negbin), list("nb-re", "random", negbin), list("poisson-re", "random", poisson))) for (method in c("nr", "bfgs")) {
    r <- tryCatch(suppressWarnings(pglm(as.formula(fml), pd, family = e[[3]], model = e[[2]], method = method, print.level = 0)), error = function(err) conditionMessage(err))
    if (is.character(r)) entries[length(entries) + 1] <- sprintf("{\"data\":\"%s\",\"tool\":\"pglm %s\",\"model\":\"%s\",\"vcov\":\"iid\",\"formula\":\"%s\",\"error\":\"%s\"}", s, method, e[[1]], fml, gsub("[\"\\\\\n]", " ", r))
    else { b <- coef(r); v <- tryCatch(sqrt(diag(vcov(r))), error = function(err) rep(NA, length(b)), warning = function(w) rep(NA, length(b)))
      add(s, paste("pglm", method), e[[1]], "iid", fml, b, v, as.numeric(logLik(r)), sprintf(",\"message\":\"%s\"", gsub("[\"\\\\\n]", " ", r$message %||% ""))) }
  }
}
v <- sapply(c("MASS", "sandwich", "fixest", "plm", "pglm"), function(p) as.character(packageVersion(p)))
writeLines(c(sprintf("{\"date\":\"%s\",\"R\":\"%s\",\"packages\":{%s},\"results\":[", Sys.Date(), as.character(getRversion()), paste(sprintf("\"%s\":\"%s\"", names(v), v), collapse = ",")), paste(entries, collapse = ",\n"), "]}"), out)
