# Concentration, correlations and variance inflation of the fixtures, for gravpanel's describe blocks.
#   Rscript descriptives.R > descriptives.json
suppressPackageStartupMessages(library(jsonlite))
read <- function(name) read.csv(file.path("..", "data", paste0(name, ".csv")))
gini <- function(x) sum(abs(outer(x, x, "-"))) / (2 * length(x)^2 * mean(x))
shares <- function(name, unit, count) {
  d <- read(name)
  x <- tapply(d[[count]], d[[unit]], sum, na.rm = TRUE)
  list(data = name, unit = unit, count = count, gini = gini(x))
}
vif <- function(d) sapply(names(d), function(v) 1 / (1 - summary(lm(reformulate(setdiff(names(d), v), v), d))$r.squared))
correlation <- function(name, unit, vars) {
  d <- na.omit(read(name)[vars])
  list(data = name, unit = unit, variables = vars, rows = nrow(d), r = unname(cor(d)), vif = unname(vif(d)))
}
out <- list(
  made_by = paste("descriptives.R,", R.version.string),
  shares = list(shares("patents_rdus", "id", "patents"), shares("synth45", "pair", "patents")),
  correlations = list(
    correlation("synth45", "pair", c("lgdp", "lrd", "lprox", "lcit", "lmig", "ldist", "contig")),
    correlation("patents_rdus", "id", c("patents", "logr", "logk", "scisect"))
  )
)
cat(toJSON(out, digits = I(17), auto_unbox = TRUE, pretty = TRUE), "\n")
