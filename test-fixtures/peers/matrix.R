# R's tools, as a user calls them (default settings), on the certified data sets and on NIST's. Base R only needs MASS; what is not
# installed is left out. usage: Rscript matrix.R [live] > matrix.json (in test-fixtures/peers/); "live" leaves out what takes long.
# Each result: data, model (gravpanel's key), tool, log-likelihood, coefficients, standard errors of the observed information (iid,
# no small-sample factor) and, where the tool has them, cluster ones without factor. Nothing here makes gravpanel's own results.
live <- "live" %in% commandArgs(TRUE)
has <- function(p) suppressWarnings(suppressPackageStartupMessages(require(p, character.only = TRUE, quietly = TRUE)))
packages <- Filter(has, c("MASS", "sandwich", "fixest", if (!live) c("plm", "pglm")))
with_ <- function(p) p %in% packages
if (with_("fixest")) { setFixest_nthreads(1); setFixest_notes(FALSE) }
num <- function(x) if (is.null(x)) "null" else paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse = ","), "]")
one <- function(x) if (length(x) == 1 && is.finite(x)) sprintf("%.17g", x) else "null"
text <- function(x) gsub("[\"\\\\\n[:cntrl:]]+", " ", x)
entries <- character()
add <- function(data, model, tool, names, coef, se, cluster = NULL, loglik = NA, note = "")
  entries[length(entries) + 1] <<- sprintf('{"data":"%s","model":"%s","tool":"%s","terms":[%s],"coef":%s,"se":%s,"cluster":%s,"loglik":%s,"note":"%s"}',
    data, model, tool, paste(sprintf('"%s"', names), collapse = ","), num(coef), num(se), num(cluster), one(loglik), text(note))
failed <- function(data, model, tool, e) entries[length(entries) + 1] <<- sprintf('{"data":"%s","model":"%s","tool":"%s","error":"%s"}', data, model, tool, text(conditionMessage(e)))
try_ <- function(data, model, tool, f) tryCatch(suppressWarnings(f()), error = function(e) failed(data, model, tool, e))
dse <- function(v) suppressWarnings(sqrt(diag(v)))
raw <- function() ssc(K.adj = FALSE, G.adj = FALSE)
clustered <- function(fit, g) if (with_("sandwich")) dse(vcovCL(fit, cluster = g, type = "HC0", cadjust = FALSE))
years <- function(y) paste0("dy", y)
sets <- list(
  patents75 = list("patents75.csv", "patents", "id", c(paste0("logr", 0:5), years(76:79))),
  patents_rdus = list("patents_rdus.csv", "patents", "id", c("logr", years(71:79))),
  synth45 = list("synth45.csv", "patents", "pair", c("lgdp", "lrd", "lprox", "lcit", "lmig", "rta")),
  synth45_ti = list("synth45.csv", "patents", "pair", c("lgdp", "lrd", "lprox", "lcit", "lmig", "rta", "ldist", "contig")),
  ships = list("ships.csv", "accident", "ship", c("op_75_79", "co_65_69", "co_70_74", "co_75_79"), "lnservice"))
if (live) sets <- sets[c("synth45", "ships")]
for (s in names(sets)) {
  p <- sets[[s]]; d <- read.csv(file.path("../data", p[[1]])); y <- p[[2]]; id <- p[[3]]; x <- p[[4]]; g <- d[[id]]
  off <- if (length(p) > 4) p[[5]]
  rhs <- paste(x, collapse = " + "); plain <- as.formula(paste(y, "~", rhs)); all <- c("(Intercept)", x)
  within <- as.formula(paste(y, "~", rhs, "|", id))
  formula_ <- as.formula(paste(y, "~", rhs, if (length(off)) paste0("+ offset(", off, ")")))
  offset_ <- if (length(off)) as.formula(paste("~", off))
  if (!length(off)) {
    try_(s, "ols", "lm", function() { m <- lm(plain, d); add(s, "ols", "lm", all, coef(m), dse(vcov(m)), clustered(m, g)) })
    if (with_("fixest")) {
      try_(s, "ols", "feols", function() { m <- feols(plain, d); add(s, "ols", "feols", all, coef(m), dse(vcov(m, "iid")), dse(vcov(m, as.formula(paste("~", id)), ssc = raw()))) })
      if (s != "synth45_ti") try_(s, "ols | unit", "feols", function() { m <- feols(within, d); add(s, "ols | unit", "feols", x, coef(m), dse(vcov(m, "iid")), dse(vcov(m, as.formula(paste("~", id)), ssc = raw()))) })
    }
    if (with_("plm") && s != "synth45_ti") try_(s, "ols | unit", "plm within", function() { m <- plm(plain, d, index = c(id, "year"), model = "within"); add(s, "ols | unit", "plm within", x, coef(m), dse(vcov(m)), dse(vcovHC(m, type = "HC0", cluster = "group"))) })
  }
  try_(s, "poisson", "glm", function() { m <- glm(formula_, poisson, d); add(s, "poisson", "glm", all, coef(m), dse(vcov(m)), clustered(m, g), as.numeric(logLik(m))) })
  if (with_("fixest")) {
    try_(s, "poisson", "fepois", function() { m <- fepois(plain, d, offset = offset_); add(s, "poisson", "fepois", all, coef(m), dse(vcov(m, "iid", ssc = raw())), dse(vcov(m, as.formula(paste("~", id)), ssc = raw())), as.numeric(logLik(m))) })
    if (s != "synth45_ti") try_(s, "poisson | unit", "fepois", function() { m <- fepois(within, d, offset = offset_); add(s, "poisson | unit", "fepois", x, coef(m), dse(vcov(m, "iid", ssc = raw())), dse(vcov(m, as.formula(paste("~", id)), ssc = raw()))) })
    try_(s, "nb2", "fenegbin", function() { m <- fenegbin(plain, d, offset = offset_); add(s, "nb2", "fenegbin", all, coef(m)[all], dse(vcov(m, "iid", ssc = raw()))[all], NULL, as.numeric(logLik(m)), sprintf("theta = %.6g", m$theta)) })
  }
  if (with_("MASS")) try_(s, "nb2", "glm.nb", function() { m <- glm.nb(formula_, d); add(s, "nb2", "glm.nb", all, coef(m), dse(vcov(m)), NULL, as.numeric(logLik(m)), sprintf("theta = %.6g", m$theta)) })
  if (with_("pglm")) {
    d$row <- ave(seq_along(g), g, FUN = seq_along)
    pd <- pdata.frame(d, c(id, "row"))
    for (e in list(list("nb-fe", "within", negbin), list("nb-re", "random", negbin), list("poisson-re", "random", poisson), list("poisson | unit", "within", poisson))) for (method in c("nr", "bfgs"))
      if (e[[1]] != "poisson | unit" || s != "synth45_ti") try_(s, e[[1]], paste("pglm", method), function() {
        m <- do.call(pglm, c(list(plain, data = pd, family = e[[3]], model = e[[2]], method = method), if (length(off)) list(offset = d[[off]])))
        terms <- if (e[[1]] == "poisson | unit") x else all
        add(s, e[[1]], paste("pglm", method), terms, coef(m)[seq_along(terms)], tryCatch(dse(vcov(m))[seq_along(terms)], error = function(e) rep(NA, length(terms))), NULL, as.numeric(logLik(m)), m$message) })
  }
}
# PPML with several effects
if (with_("fixest") && !live) {
  fta <- subset(read.csv("../data/trade_fta.csv"), category == "TOTAL"); trade <- read.csv("../data/trade.csv")
  ppml <- function(name, f, d, x, pair) try_(name, "poisson", "fepois", function() { m <- fepois(f, d); add(name, "poisson", "fepois", x, coef(m), dse(vcov(m, "iid", ssc = raw())), dse(vcov(m, pair, ssc = raw())), as.numeric(logLik(m))) })
  ppml("trade/ppml_2fe", Euros ~ ldist | Origin + Destination, trade, "ldist", ~Origin^Destination)
  ppml("trade/ppml_4fe", Euros ~ ldist | Origin + Destination + Product + Year, trade, "ldist", ~Origin^Destination)
  ppml("trade_fta/ppml_2fe_gravity", trade ~ ln_distw + contig + colony + comlang_off + comleg + fta | isoimp^year + isoexp^year, fta, c("ln_distw", "contig", "colony", "comlang_off", "comleg", "fta"), ~isoimp^isoexp)
}
# No more dispersed than Poisson: the rounded means of a Poisson fit; nb2 has its maximum at alpha = 0
d <- read.csv("../data/synth45.csv"); x <- sets$synth45[[4]]; d$flat <- round(fitted(glm(as.formula(paste("patents ~", paste(x, collapse = " + "))), poisson, d)))
f <- as.formula(paste("flat ~", paste(x, collapse = " + ")))
if (with_("fixest")) try_("boundary", "nb2", "fenegbin", function() { m <- fenegbin(f, d); add("boundary", "nb2", "fenegbin", c("(Intercept)", x), coef(m)[c("(Intercept)", x)], NULL, NULL, as.numeric(logLik(m)), sprintf("theta = %.6g", m$theta)) })
if (with_("MASS")) try_("boundary", "nb2", "glm.nb", function() { m <- glm.nb(f, d); add("boundary", "nb2", "glm.nb", c("(Intercept)", x), coef(m), NULL, NULL, as.numeric(logLik(m)), sprintf("theta = %.6g", m$theta)) })
# NIST: the data as numbers; polynomials are typed as such
con <- file("../certified/nist.json"); lines <- readLines(con); close(con)
for (line in lines[grepl("^\"", lines)]) {
  name <- sub("^\"([A-Za-z0-9]+)\".*", "\\1", line)
  part <- function(key) sub(paste0(".*\"", key, "\": (\\[[^\"]*\\])(, \"|}).*"), "\\1", line)
  y <- as.numeric(strsplit(gsub("[][ ]", "", part("y")), ",")[[1]])
  X <- do.call(rbind, lapply(strsplit(strsplit(gsub(" ", "", part("x")), "\\],\\[")[[1]], ","), function(r) as.numeric(gsub("[][]", "", r))))
  terms <- paste0("b", seq_len(ncol(X)) - 1); d <- as.data.frame(X); names(d) <- terms; d$y <- y
  f <- as.formula(paste("y ~ 0 +", paste(terms, collapse = " + ")))
  fill <- function(v) { names(v) <- sub("^.*\\.", "", names(v)); out <- v[terms]; unname(out) }
  try_(name, "ols", "lm", function() { m <- lm(f, d); add(name, "ols", "lm", terms, coef(m), fill(dse(vcov(m)))) })
  if (with_("fixest")) try_(name, "ols", "feols", function() { m <- feols(f, d); add(name, "ols", "feols", terms, fill(coef(m)), fill(dse(vcov(m)))) })
}
v <- sapply(packages, function(p) as.character(packageVersion(p)))
cat(sprintf('{"date":"%s","R":"%s","packages":{%s},"results":[\n%s\n]}\n', Sys.Date(), as.character(getRversion()), paste(sprintf('"%s":"%s"', names(v), v), collapse = ","), paste(entries, collapse = ",\n")))
