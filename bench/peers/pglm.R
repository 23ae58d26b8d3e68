# Log-likelihoods that pglm reports on panels whose optimum is known to 40 digits (test-fixtures/certified).
# Usage: Rscript pglm.R FOLDER; prints "dataset,model,method,loglik,code,message" lines.
suppressPackageStartupMessages(library(pglm))
folder <- commandArgs(trailingOnly = TRUE)[1]
sets <- list(
  patents75 = list("patents75.csv", patents ~ logr0 + logr1 + logr2 + logr3 + logr4 + logr5 + dy76 + dy77 + dy78 + dy79, c("id", "year")),
  patents_rdus = list("patents_rdus.csv", patents ~ logr + dy71 + dy72 + dy73 + dy74 + dy75 + dy76 + dy77 + dy78 + dy79, c("id", "year"))
)
cat("dataset,model,method,loglik,code,message\n")
for (name in names(sets)) {
  data <- read.csv(file.path(folder, sets[[name]][[1]]))
  for (model in c("within", "random")) for (method in c("bfgs", "nr")) {
    fit <- tryCatch(suppressWarnings(pglm(sets[[name]][[2]], data = data, family = negbin, model = model, index = sets[[name]][[3]], method = method)),
      error = function(e) conditionMessage(e))
    line <- if (is.character(fit)) c("", "", fit) else c(sprintf("%.6f", as.numeric(logLik(fit))), fit$code, fit$message)
    cat(paste(c(name, model, method, gsub("[,\n]", " ", line)), collapse = ","), "\n", sep = "")
  }
}
