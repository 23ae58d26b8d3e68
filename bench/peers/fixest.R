# One fit with fixest on the file given, as a user's script would do it: read, fit, print the table.
# Usage: Rscript fixest.R FILE FORMULA [fepois|fenegbin|feols]; R_LIBS may name a folder with fixest.
args <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(fixest))
setFixest_nthreads(1)
data <- read.csv(args[1])
fit <- get(if (length(args) > 2) args[3] else "fepois")(as.formula(args[2]), data = data, vcov = "iid", notes = FALSE)
print(summary(fit))
