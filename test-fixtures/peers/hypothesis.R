# Peer results for Wald, F and overdispersion tests: base R only. usage: Rscript hypothesis.R > hypothesis.json (in test-fixtures/peers/)
num <- function(x) sprintf("%.17g", x)
out <- character()
for (s in list(c("synth45", "lgdp + lrd + lprox + lcit + lmig + rta", "lgdp + lprox + lcit + rta"),
               c("patents_rdus", "logr + dy71 + dy72 + dy73 + dy74 + dy75 + dy76 + dy77 + dy78 + dy79", "logr"))) {
  d <- read.csv(paste0("../data/", s[1], ".csv"))
  full <- lm(as.formula(paste("patents ~", s[2])), d); less <- lm(as.formula(paste("patents ~", s[3])), d)
  a <- anova(less, full)
  ctl <- glm.control(epsilon = 1e-14, maxit = 100)
  p <- glm(as.formula(paste("patents ~", s[2])), poisson, d, control = ctl)
  p0 <- glm(as.formula(paste("patents ~", s[3])), poisson, d, control = ctl)
  mu <- fitted(p); y <- d$patents
  od <- summary(lm(I(((y - mu)^2 - y) / mu) ~ 0 + mu))$coefficients
  dropped <- setdiff(names(coef(full)), names(coef(less)))
  b <- coef(p)[dropped]; w <- as.numeric(t(b) %*% solve(vcov(p)[dropped, dropped], b))
  out <- c(out, sprintf('{"data":"%s","dropped":[%s],"f":%s,"df1":%d,"df2":%d,"p":%s,"wald":%s,"lr":%s,"overdispersion":%s}', s[1],
    paste(sprintf('"%s"', dropped), collapse = ","), num(a$F[2]), a$Df[2], a$Res.Df[2], num(a$`Pr(>F)`[2]), num(w), num(as.numeric(2 * (logLik(p) - logLik(p0)))), num(od[1, 3])))
}
cat(sprintf('{"R":"%s","results":[\n%s]}\n', R.version.string, paste(out, collapse = ",\n")))
