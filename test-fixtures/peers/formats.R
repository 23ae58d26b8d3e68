# The same table by R: Stata 113 and 115 (readstata13), Parquet in three compressions (nanoparquet), Excel (writexl).
#   Rscript test-fixtures/peers/formats.R
library(jsonlite)
args <- commandArgs(FALSE); here <- dirname(sub("--file=", "", args[grep("--file=", args)]))
out <- file.path(here, "../data/formats")
expected <- fromJSON(file.path(out, "formats.json"))$table
t <- data.frame(unit = expected$unit, year = as.integer(expected$year), count = as.integer(expected$count), big = as.integer(expected$big),
                single = expected$single, dbl = expected$dbl, word = expected$word)
for (v in c(113, 115)) readstata13::save.dta13(transform(t, unit = sub("Ö", "O", unit), word = sub("ï", "i", word)), file.path(out, paste0("readstata13-", v, ".dta")), version = v)
for (codec in c("uncompressed", "snappy", "gzip", "zstd")) nanoparquet::write_parquet(t, file.path(out, paste0(codec, ".parquet")), compression = codec)
writexl::write_xlsx(list(notes = data.frame(x = "not this one"), panel = t), file.path(out, "workbook.xlsx"))
