# Poisson on the rows that are left once separated rows (found by linear programming, see the reference of sep_*.csv) are out:
# base R's glm with dummies for the effects. usage: Rscript separated.R > separated.json (in test-fixtures/peers/)
out <- list(
  c("sep_example1", "x1 + x3 + x4", "5"),
  c("sep_fe1", "x1 + factor(i) + factor(j)", "5,8,14,15"),
  c("sep_fe3", "x1 + factor(i) + factor(j)", "5,6,7,8,9,11,12"))
entries <- sapply(out, function(o) {
  d <- read.csv(file.path("../data", paste0(o[1], ".csv")))
  rows <- as.integer(strsplit(o[3], ",")[[1]])
  m <- glm(as.formula(paste("y ~", o[2])), poisson, d[-rows, ], control = glm.control(epsilon = 1e-12))
  x <- grep("^x", names(coef(m)), value = TRUE)
  sprintf('{"data":"%s","separated":[%s],"terms":[%s],"coef":[%s],"se":[%s],"loglik":%.17g}', o[1], o[3], paste(sprintf('"%s"', x), collapse = ","),
    paste(sprintf("%.17g", coef(m)[x]), collapse = ","), paste(sprintf("%.17g", sqrt(diag(vcov(m)))[x]), collapse = ","), as.numeric(logLik(m)))
})
cat(sprintf('{"R":"%s","results":[\n%s\n]}\n', as.character(getRversion()), paste(entries, collapse = ",\n")))
